//! `auth.*` and `account.*` for those who are signing in, or out.

mod bot;
mod code;
mod done;
mod out;
mod password;
mod qr;
mod transfer;

pub(super) use bot::import as import_bot;
pub(super) use code::{cancel, resend, send, sign_in};
pub(super) use out::log_out;
pub(super) use password::{check as check_password, get as get_password};
pub(crate) use qr::token_accepted;
pub(super) use qr::{accept as accept_token, export as export_token, import as import_token};
pub(super) use transfer::{export as export_authorization, import as import_authorization};
