//! Signing in with raw calls, so that no answer of Telegram panics or is flattened.

mod code;
mod desk;
mod keys;
mod password;
mod refusals;
mod steps;

pub use desk::TelegramLogin;
