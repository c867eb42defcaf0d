//! Opening a connection, and whose it turns out to be.

use crate::bench::{Bench, FIRST, RealClock, SECOND, connector, username};
use std::sync::Arc;
use tg_core::failure::{AccountFault, FailureClass, Refusal, WaitScope};
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{BoxFuture, Connector, Session, SessionError, SessionStore, StoreError};

fn stopped(fault: AccountFault) -> FailureClass {
    FailureClass::Refused(Refusal::Account(fault))
}

#[tokio::test]
async fn a_stored_session_connects_and_begins_to_hear_updates() {
    let bench = Bench::start().await;
    assert!(bench.sessions.get(FIRST).updates.is_none());
    let messenger = bench.connect().await;
    let point = bench.sessions.get(FIRST).updates.expect("was asked for and kept");
    assert!(point.pts > 0 && point.date > 0, "{point:?}");
    messenger.close().await;
    // The second time the state is known, and is not asked for again.
    bench.connect().await.close().await;
    assert_eq!(bench.calls("updates.getState"), 1);
    assert_eq!(bench.calls("users.getUsers"), 2);
}

#[tokio::test]
async fn accounts_are_apart() {
    let bench = Bench::start().await;
    let first = bench.connect().await;
    let second = bench.try_connect(SECOND).await.unwrap();
    first.close().await;
    assert!(second.resolve(&username(bench.named())).await.is_ok());
}

#[tokio::test]
async fn another_user_than_recorded_is_refused() {
    let bench = Bench::start().await;
    let mut session = bench.sessions.get(FIRST);
    session.user_id = UserId(session.user_id.0 + 1);
    bench.sessions.put(FIRST, session);
    let failure = bench.try_connect(FIRST).await.err().unwrap();
    assert_eq!(failure.class, stopped(AccountFault::WrongIdentity));
    assert!(bench.sessions.get(FIRST).updates.is_none(), "nothing of a stranger's is kept");
}

#[tokio::test]
async fn what_is_not_logged_in_is_not_connected() {
    let bench = Bench::start().await;
    let failure = bench.try_connect(AccountId(99)).await.err().unwrap();
    assert_eq!(
        (failure.class, failure.reason.as_str()),
        (stopped(AccountFault::Revoked), "no_session")
    );

    let mut session = bench.sessions.get(FIRST);
    session.dcs.iter_mut().for_each(|dc| dc.key = None);
    bench.sessions.put(FIRST, session);
    let failure = bench.try_connect(FIRST).await.err().unwrap();
    assert_eq!(failure.reason, "no_session");
    assert_eq!(bench.sim.stats().connections_total, 0, "no key was agreed on behind our back");
}

#[tokio::test]
async fn a_moved_account_is_followed_where_there_is_a_key() {
    let bench = Bench::start().await;
    let mut session = bench.sessions.get(FIRST);
    let home = session.home_dc;
    session.home_dc = session.dcs.iter().map(|dc| dc.dc).find(|dc| *dc != home).unwrap();
    bench.sessions.put(FIRST, session);
    let messenger = bench.connect().await;
    assert_eq!(bench.sessions.get(FIRST).home_dc, home, "and remembered");
    messenger.close().await;
}

#[tokio::test]
async fn a_moved_account_without_a_key_there_is_told_so() {
    let bench = Bench::start().await;
    bench
        .rules(r#"[{"on":{"method":"users.getUsers"},"do":{"rpc_error":[303,"USER_MIGRATE_5"]}}]"#);
    let failure = bench.try_connect(FIRST).await.err().unwrap();
    assert_eq!(failure.class, FailureClass::Elsewhere { dc: 5 });
    assert_eq!(bench.calls("users.getUsers"), 1);
}

#[tokio::test]
async fn a_wait_at_the_door_is_the_whole_accounts() {
    let bench = Bench::start().await;
    bench.rules(r#"[{"on":{"method":"users.getUsers"},"do":{"rpc_error":[420,"FLOOD_WAIT_9"]}}]"#);
    let failure = bench.try_connect(FIRST).await.err().unwrap();
    assert!(
        matches!(failure.class, FailureClass::Wait { scope: WaitScope::Account, delay } if delay.as_secs() == 9)
    );
}

#[tokio::test]
async fn a_key_that_the_server_does_not_know_is_never_replaced() {
    let bench = Bench::start().await;
    let mut session = bench.sessions.get(FIRST);
    session.dcs.iter_mut().for_each(|dc| dc.key = Some([7; 256]));
    bench.sessions.put(FIRST, session.clone());
    let failure = bench.try_connect(FIRST).await.err().unwrap();
    // This server agrees on no keys, so grammers' attempt at a new one ends here.
    assert_eq!(failure.class, FailureClass::Ambiguous, "{failure:?}");
    assert_eq!(bench.sessions.get(FIRST), session);
}

/// A session port whose load fails in the way it is told.
struct Failing(fn() -> SessionError);

impl SessionStore for Failing {
    fn load(&self, _: AccountId) -> BoxFuture<'_, Result<Session, SessionError>> {
        Box::pin(std::future::ready(Err(self.0())))
    }

    fn save(&self, _: AccountId, _: Session) -> BoxFuture<'_, Result<(), SessionError>> {
        Box::pin(std::future::ready(Err(self.0())))
    }
}

#[tokio::test]
async fn a_session_that_cannot_be_read_is_told_apart_from_one_that_is_not_there() {
    let refused = FailureClass::Refused(Refusal::Config);
    let cases = [
        (Failing(|| SessionError::Missing), stopped(AccountFault::Revoked), "no_session"),
        (Failing(|| SessionError::Sealed("another key".to_owned())), refused, "session_sealed"),
        (Failing(|| StoreError::Closed.into()), FailureClass::Ambiguous, "session_store"),
    ];
    for (failing, class, reason) in cases {
        let connector = connector(Arc::new(failing), RealClock);
        let failure = connector.connect(FIRST).await.err().unwrap();
        assert_eq!((failure.class, failure.reason.as_str()), (class, reason));
    }
}
