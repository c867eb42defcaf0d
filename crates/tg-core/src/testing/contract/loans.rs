//! Accounts that a command borrows.

use super::Make;
use super::home::Home;
use crate::ids::AccountId;
use crate::ports::{Loan, LoanState, Wish};

fn loans(home: &Home) -> Vec<(AccountId, LoanState)> {
    let loans = home.read(|unit| unit.loans());
    loans.iter().map(|loan| (loan.account, loan.state)).collect()
}

/// A loan is asked for, answered, and ended by whoever asked; nobody else's answer counts.
pub fn an_account_is_lent_and_given_back(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    for (account, wish) in [(one, Wish::Have), (two, Wish::Look)] {
        let loan = Loan { account, borrower: 7, wish, state: LoanState::Asked };
        home.write(move |unit| unit.put_loan(&loan));
        assert!(home.read(|unit| unit.loans()).contains(&loan));
    }
    home.write(move |unit| unit.answer_loan(one, 8, LoanState::Lent));
    assert_eq!(loans(&home), [(one, LoanState::Asked), (two, LoanState::Asked)]);
    home.write(move |unit| {
        unit.answer_loan(one, 7, LoanState::Lent)?;
        unit.answer_loan(two, 7, LoanState::Kept)
    });
    assert_eq!(loans(&home), [(one, LoanState::Lent), (two, LoanState::Kept)]);
    home.write(move |unit| unit.end_loan(two, 7));
    home.write(move |unit| unit.end_loans(8));
    assert_eq!(loans(&home), [(one, LoanState::Lent)]);
    home.write(move |unit| unit.end_loans(7));
    assert_eq!(loans(&home), []);
}
