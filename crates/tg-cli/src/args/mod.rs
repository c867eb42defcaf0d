//! The command line as types: what can be typed, and what `tg help` says about it.

pub(crate) mod account;
pub(crate) mod alert;
pub(crate) mod audience;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod campaign;
mod cli;
pub(crate) mod contact;
#[cfg(feature = "demo")]
pub(crate) mod demo;
pub(crate) mod home;
pub(crate) mod inbox;
pub(crate) mod media;
pub(crate) mod operator;
mod parse;
pub(crate) mod proxy;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod secret;
pub(crate) mod segment;
pub(crate) mod template;
mod values;
mod variant;

pub(crate) use cli::{Cli, Command};
pub(crate) use parse::parse;
pub(crate) use values::{Since, tag_changes, wants_json};
