//! Audiences: import with consent, list, export, suppress.

mod export;
mod import;
mod intake;
mod lists;
mod rejects;
mod suppress;
mod tag;
#[cfg(test)]
mod tests;

pub use export::{ExportSink, export};
pub use import::{ImportConsent, ImportRequest, import};
pub use lists::{list, show};
pub use rejects::{RejectFile, RejectSink};
pub use suppress::{MAX_PEOPLE, suppress};
pub use tag::tag;
