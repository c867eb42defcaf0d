//! For tests of this and other crates: clocks, chance and Telegram under control.

mod block_on;
mod clock;
pub mod contract;
mod keys;
mod telegram;

pub use block_on::block_on;
pub use clock::{ManualClock, SeededEntropy};
pub use keys::TestKey;
pub use telegram::{Delivered, FakeTelegram, Mishaps, NextSend};
