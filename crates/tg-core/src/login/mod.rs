//! Signing in to Telegram, as far as it is a matter of decisions: what a login code looks like, and
//! what comes next.

mod code;
mod flow;

pub use code::{CodeChannel, CodePattern, SentCode};
pub use flow::{LoginEnd, LoginEvent, LoginFlow, LoginState, LoginStep};
