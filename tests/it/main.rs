//! The whole product from outside: the binaries `tg` and `tg-sim`, files, sockets, signals.
//! One file per walk.
#![allow(clippy::unwrap_used, clippy::print_stderr, missing_docs)]

mod bad_input;
mod faults;
mod first_campaign;
mod killed;
mod orders;
mod stop_everywhere;
mod world;
