//! Where somebody signs in.

use crate::loans::Loans;
use tg_core::ports::LoginDesk;

/// Telegram, and the accounts that the command may open there.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Opens connections to sign in on.
    pub telegram: &'a dyn LoginDesk,
    /// What the command borrowed from a running engine.
    pub loans: &'a Loans,
}
