//! JSON from outside: bounded in size and depth, with the place of every fault.

mod error;
mod place;
mod read;
#[cfg(test)]
mod tests;

pub use error::JsonError;
pub use place::JsonPlace;
pub use read::{JsonBounds, read_json, read_json_with};
