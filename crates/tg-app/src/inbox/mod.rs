//! What people write to accounts: who waits for an answer, what was said.

mod list;
mod person;
mod reply;
mod show;

pub use list::{Wanted, list};
pub use reply::{NewAnswer, reply, reply_status};
pub use show::show;

#[cfg(test)]
mod tests;
