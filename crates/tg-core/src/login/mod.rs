//! Signing in to Telegram, as far as it is a matter of decisions: what a login code looks like.

mod code;

pub use code::{CodeChannel, CodePattern};
