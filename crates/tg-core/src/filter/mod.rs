//! Choosing among people: a small language of conditions over what is known of them.
//!
//! `lang = "de" and tag = vip and not city in ("Berlin", "Köln") and last_sent < 30d ago`

mod ast;
mod error;
mod parse;
mod print;
#[cfg(test)]
mod tests;

pub use ast::{Comparison, Filter, Flag, MAX_FILTER, Moment, Test, When};
pub use error::FilterError;
pub use parse::parse;
