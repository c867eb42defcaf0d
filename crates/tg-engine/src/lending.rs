//! Lending accounts to commands that need their sessions: the account's task ends, and only then is
//! the borrower told. Who borrowed and died gives back by dying.

use crate::board::Board;
use crate::control::Control;
use crate::supervisor::Supervisor;
use crate::worker::Shared;
use std::collections::BTreeSet;
use tg_core::ids::AccountId;
use tg_core::ports::{Borrowers, LoanState, StoreError, Wish};

/// Accounts that the engine leaves alone. One that it has connected, and that may go on, it keeps
/// from whoever only wants to look.
pub(crate) fn lent(control: &Control, board: &Board) -> BTreeSet<AccountId> {
    let stays = |account| board.is_connected(account) && control.may_send(account);
    control
        .loans
        .iter()
        .filter(|loan| match (loan.state, loan.wish) {
            (LoanState::Kept, _) => false,
            (LoanState::Asked, Wish::Look) => !stays(loan.account),
            (LoanState::Asked, Wish::Have) | (LoanState::Lent, _) => true,
        })
        .map(|loan| loan.account)
        .collect()
}

/// Answers who asked, and ends the loans of a borrower that is gone.
pub(crate) async fn tend(
    shared: &Shared,
    control: &Control,
    supervisor: &Supervisor,
    borrowers: &dyn Borrowers,
) -> Result<(), StoreError> {
    if control.loans.is_empty() {
        return Ok(());
    }
    // The rows were read before: whoever wrote them has lived, and does not live any more.
    let gone = !borrowers.any();
    let mut answers = Vec::new();
    for loan in &control.loans {
        let kept = !control.lent.contains(&loan.account);
        let state = if kept { LoanState::Kept } else { LoanState::Lent };
        if gone || (loan.state == LoanState::Asked && (kept || !supervisor.runs(loan.account))) {
            answers.push((*loan, state));
        }
    }
    if answers.is_empty() {
        return Ok(());
    }
    shared
        .store
        .write(move |unit| {
            answers.iter().try_for_each(|(loan, state)| {
                if gone {
                    unit.end_loan(loan.account, loan.borrower)
                } else {
                    unit.answer_loan(loan.account, loan.borrower, *state)
                }
            })
        })
        .await
}
