//! Lists of people, as CSV or as JSON lines: read row by row within fixed memory, and the rows that
//! were refused written back.

mod export;
mod header;
mod lines;
mod people;
mod reader;
mod records;
mod rejects;
mod row;
mod table;

pub use export::{Exported, PeopleWriter};
pub use header::{ColumnMap, ListError, MAX_COLUMNS, MapError};
pub use people::{MAX_REMARK, MAX_TAGS};
pub use reader::{ListFormat, ListOptions, PeopleReader};
pub use records::{MAX_RAW, MAX_RECORD};
pub use rejects::RejectWriter;
pub use row::{Reject, Row, RowConsent, RowError};
pub use table::write_table;
