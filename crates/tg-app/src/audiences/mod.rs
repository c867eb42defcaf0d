//! Audiences: import with consent, list, suppress.

mod import;
mod lists;
mod rejects;
mod suppress;
#[cfg(test)]
mod tests;

pub use import::{ImportRequest, import};
pub use lists::{list, show};
pub use rejects::{RejectFile, RejectSink};
pub use suppress::{MAX_PEOPLE, suppress};
