//! Settings: flag over environment over `config.toml` over the defaults in the binary. Each value
//! knows where it came from.

mod check;
mod codes;
mod file;
mod gemini;
mod layers;
mod outside;
mod value;
mod words;

pub(crate) use check::{Fault, faults};
pub(crate) use codes::CodeName;
pub(crate) use file::commented;
pub(crate) use layers::{Config, Entry, Flags};
pub(crate) use value::{Amount, Format, Span};
