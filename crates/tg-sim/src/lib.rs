//! A Telegram data centre on loopback, for tests and demonstrations.
//!
//! It speaks MTProto 2.0 to any client that holds one of its pre-shared authorization keys, behaves as
//! core.telegram.org documents, can be told to misbehave ([`Sim::set_rules`]), and keeps a journal on disk of
//! every message that it delivered. It shares no code with the product it judges.
//!
//! [`Sim::start`] runs one inside a process; the binary `tg-sim` is the same thing with a command line.

mod account;
mod clock;
mod config;
mod connection;
mod control;
mod error;
mod exchange;
pub mod fuzzing;
mod gemini;
mod links;
mod login;
mod mail;
mod methods;
mod mtproto;
mod proxies;
mod ready;
mod script;
mod seeded;
mod server;
mod shared;
mod sim;
mod sms;
mod stats;
mod sync;
mod tl;
mod world;

pub use config::SimConfig;
pub use error::{ScriptError, SimError};
pub use mtproto::{Tap, TapError};
pub use ready::Ready;
pub use sim::Sim;
pub use stats::{Stats, Tally};
