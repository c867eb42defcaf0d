//! The client side of every remote service: Telegram today, behind the ports of `tg-core`, with the
//! policies (timeouts) that every call which leaves the process obeys.

pub mod policy;
pub mod proxy;
pub mod telegram;
