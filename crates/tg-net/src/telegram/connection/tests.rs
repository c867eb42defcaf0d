//! How a connection ends for good. What it does on the wire is tested against a server.

#![allow(clippy::unwrap_used)]

use super::super::samples;
use super::*;
use grammers_client::session::Session as _;
use grammers_client::tl::functions::help::GetConfig;
use tg_core::failure::{AccountFault, FailureClass, Refusal};
use tg_core::testing::ManualClock;

fn connection(session: Arc<LiveSession>) -> Connection {
    let config = TelegramConfig::new(1);
    Connection::open(&config, session, &Way::Direct, Arc::new(ManualClock::default()))
}

#[tokio::test]
async fn a_refused_key_ends_the_connection_and_stops_the_account() {
    let session = Arc::new(samples::live(samples::stored()).1);
    let connection = connection(Arc::clone(&session));
    // What grammers does when a data centre does not know the key (transport error 404).
    let mut replaced = session.dc_option(2).unwrap().unwrap();
    replaced.auth_key = Some([9; 256]);
    let error = session.set_dc_option(&replaced).await.unwrap_err();

    let told = connection.failed(Call::Send, &InvocationError::Session(Box::new(error))).await;
    assert_eq!(told.reason, "auth_key_not_found");
    assert_eq!(told.class, FailureClass::Refused(Refusal::Account(AccountFault::Revoked)));
    // Nothing is handed over any more, and nothing is left to wait for.
    assert_eq!(connection.call(Call::Send, &GetConfig {}).await.unwrap_err(), told);
    connection.close().await;
}

#[tokio::test]
async fn a_failing_store_alone_does_not_end_it() {
    let session = Arc::new(samples::live(samples::stored()).1);
    let connection = connection(session);
    let told = connection.failed(Call::Send, &InvocationError::Session("disk".into())).await;
    assert_eq!((told.class, told.reason.as_str()), (FailureClass::Ambiguous, "session_store"));
    assert!(connection.fate.get().is_none());
}

#[tokio::test]
async fn only_a_move_of_the_account_moves_its_home() {
    let mut stored = samples::stored();
    stored.dcs[1].key = Some([4; 256]);
    let session = Arc::new(samples::live(stored).1);
    let connection = connection(Arc::clone(&session));
    for (name, home) in [("FILE_MIGRATE_4", 2), ("USER_MIGRATE_5", 2), ("USER_MIGRATE_4", 4)] {
        let error = grammers_client::tl::types::RpcError {
            error_code: 303,
            error_message: name.to_owned(),
        };
        connection.failed(Call::Send, &InvocationError::Rpc(error.into())).await;
        assert_eq!(session.home(), home, "{name}");
    }
}
