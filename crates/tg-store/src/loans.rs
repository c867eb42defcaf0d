//! The port of loans.

use crate::rows::unreadable;
use crate::unit::SqliteUnit;
use rusqlite::Row;
use tg_core::ids::AccountId;
use tg_core::ports::{Loan, LoanState, LoanStore, StoreError, Wish};

impl LoanStore for SqliteUnit<'_> {
    fn put_loan(&mut self, loan: &Loan) -> Result<(), StoreError> {
        let wish = match loan.wish {
            Wish::Look => 0,
            Wish::Have => 1,
        };
        self.execute(
            "recording a loan",
            "INSERT INTO loans (account_id, borrower, wish, state) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET borrower = excluded.borrower, wish = excluded.wish,
                 state = excluded.state",
            [loan.account.0, loan.borrower, wish, code(loan.state)],
        )
        .map(|_| ())
    }

    fn loans(&self) -> Result<Vec<Loan>, StoreError> {
        self.all(
            "reading loans",
            "SELECT account_id, borrower, wish, state FROM loans ORDER BY account_id",
            [],
            loan,
        )
    }

    fn answer_loan(
        &mut self,
        account: AccountId,
        borrower: i64,
        state: LoanState,
    ) -> Result<(), StoreError> {
        self.execute(
            "answering a borrower",
            "UPDATE loans SET state = ?3 WHERE account_id = ?1 AND borrower = ?2 AND state = 0",
            [account.0, borrower, code(state)],
        )
        .map(|_| ())
    }

    fn end_loan(&mut self, account: AccountId, borrower: i64) -> Result<(), StoreError> {
        self.execute(
            "ending a loan",
            "DELETE FROM loans WHERE account_id = ?1 AND borrower = ?2",
            [account.0, borrower],
        )
        .map(|_| ())
    }

    fn end_loans(&mut self, borrower: i64) -> Result<(), StoreError> {
        self.execute("ending loans", "DELETE FROM loans WHERE borrower = ?1", [borrower])
            .map(|_| ())
    }
}

const fn code(state: LoanState) -> i64 {
    match state {
        LoanState::Asked => 0,
        LoanState::Lent => 1,
        LoanState::Kept => 2,
    }
}

fn loan(row: &Row<'_>) -> rusqlite::Result<Loan> {
    let wish = if row.get(2)? { Wish::Have } else { Wish::Look };
    let state = match row.get::<_, i64>(3)? {
        0 => LoanState::Asked,
        1 => LoanState::Lent,
        2 => LoanState::Kept,
        _ => return Err(unreadable("state of a loan")),
    };
    Ok(Loan { account: AccountId(row.get(0)?), borrower: row.get(1)?, wish, state })
}
