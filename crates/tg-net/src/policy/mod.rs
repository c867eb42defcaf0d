//! What every call that leaves the process obeys, whatever service it goes to.

mod timed;

pub use timed::{Elapsed, within};
