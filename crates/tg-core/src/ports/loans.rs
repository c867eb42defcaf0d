//! Accounts that a command borrows from the running engine, because a session must not be open in
//! two processes.

use super::StoreError;
use crate::ids::AccountId;

/// What a borrower wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// To know how the account is: an engine that has it connected may keep it.
    Look,
    /// The account's session, whatever the engine does with it.
    Have,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoanState {
    /// The engine has not answered.
    Asked,
    /// The engine has let go of it, and takes it up again when the loan has ended.
    Lent,
    /// The engine has it connected and keeps it.
    Kept,
}

/// An account that a command wants, or has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loan {
    /// Which.
    pub account: AccountId,
    /// The command: its loans end with its process.
    pub borrower: i64,
    /// What for.
    pub wish: Wish,
    /// Where it stands.
    pub state: LoanState,
}

/// Loans of accounts. An account is lent to one borrower at most: [`Borrowers`] sees to it that there
/// is only one.
pub trait LoanStore {
    /// Records a loan, in the place of what was recorded for the account.
    ///
    /// # Errors
    /// If there is no such account; if the store fails.
    fn put_loan(&mut self, loan: &Loan) -> Result<(), StoreError>;

    /// All loans, by account.
    ///
    /// # Errors
    /// If the store fails.
    fn loans(&self) -> Result<Vec<Loan>, StoreError>;

    /// Answers a borrower that asked, if it still does.
    ///
    /// # Errors
    /// If the store fails.
    fn answer_loan(
        &mut self,
        account: AccountId,
        borrower: i64,
        state: LoanState,
    ) -> Result<(), StoreError>;

    /// Ends one loan of a borrower.
    ///
    /// # Errors
    /// If the store fails.
    fn end_loan(&mut self, account: AccountId, borrower: i64) -> Result<(), StoreError>;

    /// Ends all loans of a borrower.
    ///
    /// # Errors
    /// If the store fails.
    fn end_loans(&mut self, borrower: i64) -> Result<(), StoreError>;
}

/// Knows whether a command lives that may have borrowed accounts. There is at most one at a time;
/// loans that are recorded while there is none are those of a command that died.
pub trait Borrowers: Send + Sync {
    /// Whether there is one. In doubt there is.
    fn any(&self) -> bool;
}
