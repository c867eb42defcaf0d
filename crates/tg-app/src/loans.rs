//! Borrowing accounts: a session must not be open in two processes, so a command that needs one while
//! an engine runs asks the engine to let go of it, and gives it back.

use crate::app::App;
use crate::error::{AppError, Kind};
use std::sync::Arc;
use std::time::Duration;
use tg_core::ids::AccountId;
use tg_core::ports::{Loan, LoanState, StoreError, Wish};

/// Between two looks at the engine's answer.
const LOOK: Duration = Duration::from_millis(100);
/// How long an engine may take: it lets calls land that are on their way.
const PATIENCE: Duration = Duration::from_secs(120);

/// Says whether an engine runs.
pub type EngineRuns = Arc<dyn Fn() -> bool + Send + Sync>;

/// Whose an account is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Borrowed {
    /// The command's, until it gives it back.
    Ours,
    /// The engine's: it has it connected.
    Kept,
}

/// The accounts that one command borrows. Whoever makes one holds the lock on the home's sessions,
/// until after [`Loans::end`].
#[derive(Clone)]
pub struct Loans {
    app: App,
    borrower: i64,
    engine: Option<EngineRuns>,
}

impl Loans {
    /// For a command that holds the home's lock: no engine runs, nor can one begin.
    #[must_use]
    pub fn alone(app: App) -> Self {
        Self { borrower: number(&app), app, engine: None }
    }

    /// For a command beside an engine.
    #[must_use]
    pub fn beside(app: App, engine: EngineRuns) -> Self {
        Self { borrower: number(&app), app, engine: Some(engine) }
    }

    /// The command's number. What others have reserved and borrowed is void.
    #[must_use]
    pub const fn borrower(&self) -> i64 {
        self.borrower
    }

    /// Ends what commands left that died.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn begin(&self) -> Result<(), AppError> {
        let own = self.borrower;
        self.app
            .store
            .write(move |unit| {
                let dead = unit.loans()?.into_iter().filter(|loan| loan.borrower != own);
                for loan in dead {
                    unit.end_loan(loan.account, loan.borrower)?;
                }
                Ok(())
            })
            .await
    }

    /// Asks for an account, and waits until the engine has let go of it, or says that it keeps it.
    ///
    /// # Errors
    /// If it does neither in time; if the store fails.
    pub async fn borrow(&self, account: AccountId, wish: Wish) -> Result<Borrowed, AppError> {
        let Some(engine) = &self.engine else { return Ok(Borrowed::Ours) };
        let (borrower, until) = (self.borrower, self.app.clock.now() + PATIENCE);
        let loan = Loan { account, borrower, wish, state: LoanState::Asked };
        let asked: Result<(), StoreError> =
            self.app.store.write(move |unit| unit.put_loan(&loan)).await;
        asked?;
        loop {
            let loans: Result<Vec<Loan>, StoreError> =
                self.app.store.read(|unit| unit.loans()).await;
            let own = loans?.into_iter().find(|loan| loan.account == account);
            match own.filter(|loan| loan.borrower == borrower).map(|loan| loan.state) {
                Some(LoanState::Lent) => return Ok(Borrowed::Ours),
                Some(LoanState::Kept) => return Ok(Borrowed::Kept),
                // One that begins now finds the loan and leaves the account alone.
                Some(LoanState::Asked) if !engine() => return Ok(Borrowed::Ours),
                Some(LoanState::Asked) if self.app.clock.now() < until => {}
                Some(LoanState::Asked) | None => {
                    self.give_back(account).await;
                    return Err(AppError::new(
                        Kind::InUse,
                        "in_use",
                        "the running engine did not let go of the account in time",
                    )
                    .advise("try again, or stop the engine first"));
                }
            }
            self.app.clock.sleep(LOOK).await;
        }
    }

    /// Gives an account back, with every connection to it closed.
    pub async fn give_back(&self, account: AccountId) {
        if self.engine.is_none() {
            return;
        }
        let borrower = self.borrower;
        let ended: Result<(), StoreError> =
            self.app.store.write(move |unit| unit.end_loan(account, borrower)).await;
        if let Err(error) = ended {
            // It ends with this process.
            tracing::warn!(%error, "an account could not be given back");
        }
    }

    /// Gives everything back.
    pub async fn end(&self) {
        let borrower = self.borrower;
        let ended: Result<(), StoreError> =
            self.app.store.write(move |unit| unit.end_loans(borrower)).await;
        if let Err(error) = ended {
            tracing::warn!(%error, "accounts could not be given back");
        }
    }
}

fn number(app: &App) -> i64 {
    let mut bytes = [0; 8];
    app.entropy.fill(&mut bytes);
    i64::from_le_bytes(bytes)
}
