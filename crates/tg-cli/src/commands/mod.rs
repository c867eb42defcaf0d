//! One verb per file.

mod account;
mod audience;
mod campaign;
mod config;
mod contact;
mod db;
#[cfg(feature = "demo")]
mod demo;
mod dispatch;
mod init;
mod run;
mod template;

pub(crate) use dispatch::dispatch;
