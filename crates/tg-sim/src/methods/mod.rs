//! The API methods that there are, one file for each namespace or task.

mod call;
mod caller;
mod contacts;
mod errors;
mod files;
mod help;
mod history;
mod lenient;
mod login;
mod send;
mod updates;
mod users;
mod wrappers;

pub(crate) use call::{Call, Parsed, parse};
pub(crate) use caller::{Caller, Effects};
pub(crate) use errors::RpcError;
pub(crate) use files::Uploads;
pub(crate) use history::incoming;
pub(crate) use login::token_accepted;
pub(crate) use send::{MAX_TEXT, send_keys, utf16_units};
