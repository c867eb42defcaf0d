//! One verb per file.

mod account;
mod alert;
mod audience;
mod audit;
mod auth;
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
mod operator;
mod proxy;
mod run;
mod secret;
mod segment;
mod template;

pub(crate) use dispatch::dispatch;
