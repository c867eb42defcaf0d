//! Proving who one is: keys, sign-ins, lockout, and whether any of it is required.

mod admit;
mod require;
mod sign_in;
#[cfg(test)]
mod tests;

pub use admit::{Shown, Visitor, admit};
pub(crate) use require::keep_a_way_in;
pub use require::{require, require_off_as_owner};
pub use sign_in::{Spans, login, logout, whoami};
