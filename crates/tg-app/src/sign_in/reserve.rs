//! One sign-in at a time for a number: the reservation, and the keys that outlive a crash.

use crate::app::App;
use crate::error::AppError;
use std::time::Duration;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{Reservation, Session};
use tg_security::SealedSessions;

/// No sign-in takes longer; a reservation that is older is nobody's.
pub(super) const LONGEST: Duration = Duration::from_secs(30 * 60);

/// A number that is ours until it is released, or this process ends.
pub(super) struct Reserved<'a> {
    app: &'a App,
    phone: PhoneNumber,
    run: i64,
}

impl<'a> Reserved<'a> {
    /// Reserves a number for the command `run` (its number as a borrower: whoever else reserved it is
    /// dead, because the lock on the sessions is ours); gives the keys of a sign-in that was cut off, too.
    ///
    /// # Errors
    /// A refusal if another sign-in is at it.
    pub(super) async fn take(
        app: &'a App,
        phone: &PhoneNumber,
        run: i64,
    ) -> Result<(Self, Option<Session>), AppError> {
        let (number, at) = (phone.clone(), app.clock.now());
        let until = at + LONGEST;
        let reserved: Result<Reservation, AppError> =
            app.store.write(move |unit| Ok(unit.reserve_number(&number, run, until, at)?)).await;
        let Reservation::Ours { left } = reserved? else {
            return Err(AppError::refused(
                "number_in_use",
                format!("the number {phone} is being signed in already"),
            )
            .advise("wait for that sign-in to end"));
        };
        // Keys that cannot be opened any more are of no use; the sign-in begins anew.
        let left =
            left.and_then(|sealed| SealedSessions::open_sign_in(&app.sealer, phone, &sealed).ok());
        Ok((Self { app, phone: phone.clone(), run }, left))
    }

    /// The number.
    pub(super) const fn phone(&self) -> &PhoneNumber {
        &self.phone
    }

    /// Keeps the keys before Telegram is shown a code with them.
    ///
    /// # Errors
    /// If they cannot be sealed or stored.
    pub(super) async fn keep(&self, session: &Session) -> Result<(), AppError> {
        let sealed = SealedSessions::seal_sign_in(&self.app.sealer, &self.phone, session)?;
        let (phone, run) = (self.phone.clone(), self.run);
        self.app.store.write(move |unit| Ok(unit.keep_sign_in(&phone, run, &sealed)?)).await
    }

    /// Ends it, and forgets the keys.
    pub(super) async fn release(self) {
        let (phone, run) = (self.phone.clone(), self.run);
        let released: Result<(), AppError> =
            self.app.store.write(move |unit| Ok(unit.release_number(&phone, run)?)).await;
        if let Err(error) = released {
            // It dies with this process, or when its time is over.
            tracing::warn!(%error, "a reservation could not be released");
        }
    }
}
