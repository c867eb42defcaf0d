//! The whole product from outside: the binaries `tg` and `tg-sim`, files, sockets, signals.
//! One file per walk.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, unreachable_pub, missing_docs)]

mod addresses;
mod alerts;
mod audiences;
mod bad_input;
mod borrowed;
mod content;
mod decisions;
mod desk;
mod export;
mod faults;
mod first_campaign;
mod flush;
mod formats;
mod guide;
mod hearing;
mod hook;
mod hostile_input;
mod installation;
mod keys;
mod killed;
mod locked_doors;
mod media;
mod operators;
mod orders;
mod personal;
mod planning;
mod proxies;
mod reports;
mod restored;
mod sessions;
mod signing_in;
mod sms;
mod socks;
mod stop_everywhere;
mod world;
