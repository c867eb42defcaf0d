//! Rules by which the simulator misbehaves.

mod parse;
mod rules;

#[cfg(test)]
mod tests;

pub(crate) use parse::{Cast, parse};
pub(crate) use rules::{Action, Asked, Moment, Script};
