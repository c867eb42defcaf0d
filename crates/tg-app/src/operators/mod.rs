//! Operators: who may use the home, and the keys they show.

mod keys;
mod people;
#[cfg(test)]
mod tests;

pub use keys::{NewKey, create_key, list_keys, revoke_key};
pub use people::{add, disable, list, set_role};
