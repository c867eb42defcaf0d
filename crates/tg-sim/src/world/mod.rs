//! Everybody there is, and the keys of the accounts: made from the seed, never changed.

mod files;
mod generate;
mod logins;
mod names;
mod person;
mod spec;

pub(crate) use files::{Ports, WorldFile, write_people, write_proxies};
pub(crate) use generate::World;
pub(crate) use logins::SERVICE;
pub(crate) use person::{Identity, Person};
pub(crate) use spec::WorldSpec;
