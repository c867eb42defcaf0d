//! The domain of `tg`: accounts, contacts, consent, templates, campaigns, deliveries, pacing,
//! failure classes, and the ports to the world. Plain data in, decisions out: no I/O, no runtime,
//! no clock of its own.

pub mod account;
pub mod audience;
pub mod breaker;
pub mod campaign;
pub mod consent;
pub mod contact;
pub mod content;
pub mod delivery;
pub mod failure;
pub mod filter;
pub mod foreign;
pub mod ids;
pub mod inbox;
pub mod ip;
pub mod judge;
pub mod login;
pub mod money;
pub mod operator;
pub mod pace;
pub mod peer;
pub mod personal;
pub mod ports;
pub mod proxy;
pub mod random_id;
pub mod report;
pub mod retry;
pub mod template;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time;
