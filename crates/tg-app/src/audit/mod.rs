//! The audit log: who did what, and whether the log is as it was written.

mod accept;
mod list;
#[cfg(test)]
mod tests;
mod verify;

pub use accept::accept;
pub use list::{Wanted, export, list};
pub use verify::verify;
