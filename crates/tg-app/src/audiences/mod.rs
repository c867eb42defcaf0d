//! Audiences: import with consent, list, export, suppress.

mod export;
mod import;
mod lists;
mod rejects;
mod suppress;
#[cfg(test)]
mod tests;

pub use export::{ExportSink, export};
pub use import::{ImportRequest, import};
pub use lists::{list, show};
pub use rejects::{RejectFile, RejectSink};
pub use suppress::{MAX_PEOPLE, suppress};
