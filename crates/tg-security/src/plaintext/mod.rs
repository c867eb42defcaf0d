//! Configuration files in which secrets stand in clear: what in them is a secret, and the same file
//! without it.

mod dotenv;
mod json;
mod recognise;
mod scalar;
mod toml;
mod yaml;

pub use recognise::{Left, Plan, Recognised, plan};
pub use scalar::{Format, PlaintextError, Scalar, scan, without};

#[cfg(test)]
mod tests;
