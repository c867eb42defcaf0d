//! `cargo xtask cures`: takes the cures against double sending away, one at a time, and shows that
//! the tests notice.

mod list;
mod run;

pub(crate) use run::{Args, run};
