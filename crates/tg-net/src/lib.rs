//! The client side of every remote service: Telegram today, behind the ports of `tg-core`, with the
//! policies that every call which leaves the process obeys.

pub mod alerts;
pub mod gemini;
pub mod http;
mod json;
pub mod policy;
pub mod proxy;
pub mod sms;
pub mod telegram;
