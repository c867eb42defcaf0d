//! One verb per file.

mod account;
mod alert;
mod audience;
mod campaign;
mod completions;
mod config;
mod contact;
mod db;
#[cfg(feature = "demo")]
mod demo;
mod dispatch;
mod doctor;
mod inbox;
mod init;
mod proxy;
mod run;
mod secret;
mod template;

pub(crate) use dispatch::dispatch;
