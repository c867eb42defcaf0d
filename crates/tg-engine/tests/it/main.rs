//! The engine on a virtual clock, over the real store inline, with a Telegram that goes wrong by a
//! seed. A run takes milliseconds and can be replayed.
#![allow(clippy::unwrap_used, unreachable_pub, missing_docs)]

mod crashes;
mod exits;
mod forecast;
mod hearing;
mod history;
mod house;
mod pacing;
mod replay;
