//! Sessions in clear over a store that only ever sees them sealed.

use crate::sealer::{Kind, Sealer};
use crate::session_codec;
use std::sync::Arc;
use tg_core::ids::AccountId;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{BoxFuture, SealedRecord, Session, SessionError, SessionStore, Store};

/// The session port for the side that connects. Each record is bound to its account's row.
#[derive(Clone)]
pub struct SealedSessions {
    store: Arc<dyn Store>,
    sealer: Arc<Sealer>,
}

impl SealedSessions {
    /// Sessions of `store` under the key of `sealer`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, sealer: Arc<Sealer>) -> Self {
        Self { store, sealer }
    }

    /// Seals a session, for a use case that writes it in a transaction of its own
    /// ([`tg_core::ports::SessionBlobs::put_session`]).
    ///
    /// # Errors
    /// [`SessionError::Sealed`] if it cannot be encoded or sealed.
    pub fn seal(
        sealer: &Sealer,
        account: AccountId,
        session: &Session,
    ) -> Result<SealedRecord, SessionError> {
        let bytes = session_codec::encode(session).map_err(sealed)?;
        sealer.seal(Kind::Session, &row(account), &bytes).map_err(sealed)
    }

    /// Opens a sealed session.
    ///
    /// # Errors
    /// [`SessionError::Sealed`] if it is another account's, under another key, or altered.
    pub fn open(
        sealer: &Sealer,
        account: AccountId,
        record: &SealedRecord,
    ) -> Result<Session, SessionError> {
        let bytes = sealer.open(Kind::Session, &row(account), record).map_err(sealed)?;
        session_codec::decode(&bytes).map_err(sealed)
    }
}

impl SealedSessions {
    /// Seals the keys of a sign-in that has no account yet: they belong to its number.
    ///
    /// # Errors
    /// [`SessionError::Sealed`] if they cannot be encoded or sealed.
    pub fn seal_sign_in(
        sealer: &Sealer,
        phone: &PhoneNumber,
        session: &Session,
    ) -> Result<SealedRecord, SessionError> {
        let bytes = session_codec::encode(session).map_err(sealed)?;
        sealer.seal(Kind::Session, &sign_in(phone), &bytes).map_err(sealed)
    }

    /// Opens them again.
    ///
    /// # Errors
    /// [`SessionError::Sealed`] if they are another number's, under another key, or altered.
    pub fn open_sign_in(
        sealer: &Sealer,
        phone: &PhoneNumber,
        record: &SealedRecord,
    ) -> Result<Session, SessionError> {
        let bytes = sealer.open(Kind::Session, &sign_in(phone), record).map_err(sealed)?;
        session_codec::decode(&bytes).map_err(sealed)
    }
}

impl SessionStore for SealedSessions {
    fn load(&self, account: AccountId) -> BoxFuture<'_, Result<Session, SessionError>> {
        Box::pin(async move {
            let record = self
                .store
                .read::<_, SessionError, _>(move |unit| Ok(unit.session(account)?))
                .await?
                .ok_or(SessionError::Missing)?;
            Self::open(&self.sealer, account, &record)
        })
    }

    fn save(
        &self,
        account: AccountId,
        session: Session,
    ) -> BoxFuture<'_, Result<(), SessionError>> {
        Box::pin(async move {
            let record = Self::seal(&self.sealer, account, &session)?;
            self.store
                .write::<_, SessionError, _>(move |unit| Ok(unit.put_session(account, &record)?))
                .await
        })
    }
}

pub(crate) fn sign_in(phone: &PhoneNumber) -> String {
    format!("sign-in/{}", phone.e164())
}

/// The row that a session is sealed for.
pub(crate) fn row(account: AccountId) -> String {
    format!("account/{account}")
}

fn sealed(fault: impl std::fmt::Display) -> SessionError {
    SessionError::Sealed(fault.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::keyfile::MasterKey;
    use crate::session_codec::tests::any_session;
    use proptest::prelude::*;

    fn sealer(seed: u8) -> Sealer {
        Sealer::new(&MasterKey::from_bytes(&[seed; 32], 1))
    }

    proptest! {
        #[test]
        fn a_session_opens_for_its_account_and_for_no_other(
            session in any_session(),
            account in any::<i64>(),
            other in any::<i64>(),
        ) {
            let home = sealer(1);
            let record = SealedSessions::seal(&home, AccountId(account), &session).unwrap();
            prop_assert_eq!(
                SealedSessions::open(&home, AccountId(account), &record).unwrap(),
                session
            );
            if other != account {
                let moved = SealedSessions::open(&home, AccountId(other), &record);
                prop_assert!(matches!(moved, Err(SessionError::Sealed(_))));
            }
            let foreign = SealedSessions::open(&sealer(2), AccountId(account), &record);
            prop_assert!(matches!(foreign, Err(SessionError::Sealed(_))));
        }
    }
}
