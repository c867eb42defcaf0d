//! Lists of people as CSV: read row by row within fixed memory, and the rows that were refused
//! written back.

mod export;
mod header;
mod people;
mod records;
mod rejects;
mod table;

pub use export::{Exported, PeopleWriter};
pub use header::{ListError, MAX_COLUMNS};
pub use people::{PeopleReader, Reject, Row, RowError};
pub use records::{MAX_RAW, MAX_RECORD};
pub use rejects::RejectWriter;
pub use table::write_table;
