//! What people write to accounts: who waits for an answer, what was said.

mod list;
mod person;
mod show;

pub use list::{Wanted, list};
pub use show::show;

#[cfg(test)]
mod tests;
