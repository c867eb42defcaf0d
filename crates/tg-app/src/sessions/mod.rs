//! Sessions that come from other programs, and go to them.

mod export;
mod import;

pub use export::{ExportForm, export};
pub use import::{Arrival, ImportTerms, import};
