//! Signing in: what Telegram says to it, told apart, whatever it is.

use crate::bench::{Bench, Direct, FIRST, RealClock};
use secrecy::SecretString;
use std::sync::Arc;
use tg_core::failure::FailureClass;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{LoginDesk, LoginError, LoginWay, Route, Session, SignIn, TokenAnswer};
use tg_core::testing::SeededEntropy;
use tg_net::telegram::{TelegramConfig, TelegramLogin};

async fn line(session: Session) -> Arc<dyn SignIn> {
    let (clock, entropy) = (Arc::new(RealClock), Arc::new(SeededEntropy::new(1)));
    let hash = SecretString::from("hash");
    let desk = TelegramLogin::new(TelegramConfig::new(1), hash, Arc::new(Direct), clock, entropy);
    desk.open(LoginWay::Route(Route { proxy: None, not_before: None }), session).await.unwrap()
}

fn phone() -> PhoneNumber {
    PhoneNumber::from_e164("+9996627777").unwrap()
}

async fn refused(bench: &Bench, error: &str) -> LoginError {
    bench
        .rules(&format!(r#"[{{"on":{{"method":"auth.sendCode"}},"do":{{"rpc_error":{error}}}}}]"#));
    let line = line(bench.sessions.get(FIRST)).await;
    let refused = line.send_code(&phone()).await.unwrap_err();
    line.close().await;
    refused
}

#[tokio::test]
async fn every_refusal_says_what_it_is_about() {
    let bench = Bench::start().await;
    for (error, says) in [
        (r#"[400,"PHONE_NUMBER_BANNED"]"#, "banned this number"),
        (r#"[406,"PHONE_NUMBER_FLOOD"]"#, "too many codes"),
        (r#"[400,"API_ID_INVALID"]"#, "my.telegram.org"),
        (r#"[500,"AUTH_RESTART"]"#, "begun anew"),
        (r#"[406,"UPDATE_APP_TO_LOGIN"]"#, "QR code"),
        (r#"[303,"PHONE_MIGRATE_9"]"#, "address is not known"),
        (r#"[303,"PHONE_MIGRATE_2"]"#, "circle"),
        (r#"[400,"SOMETHING_NEW"]"#, "SOMETHING_NEW"),
    ] {
        let refused = refused(&bench, error).await.to_string();
        assert!(refused.contains(says), "{error}: {refused}");
        assert!(!refused.contains("7777"), "the number is not in it: {refused}");
    }
    let LoginError::Failed(failure) = refused(&bench, r#"[420,"FLOOD_WAIT_7"]"#).await else {
        panic!("is a wait");
    };
    assert!(matches!(failure.class, FailureClass::Wait { .. }), "{failure:?}");
}

#[tokio::test]
async fn who_is_in_is_known_and_nobody_is_nobody() {
    let bench = Bench::start().await;
    let line = line(bench.sessions.get(FIRST)).await;
    let who = line.who().await.unwrap().expect("the keys are an account's");
    assert_eq!(who.user_id, bench.sessions.get(FIRST).user_id);
    line.log_out().await.unwrap();
    assert_eq!(line.who().await.unwrap(), None);
    assert!(matches!(line.token().await.unwrap(), TokenAnswer::Show { .. }));
    line.close().await;
    let failure = line.who().await.unwrap_err();
    assert!(matches!(failure, LoginError::Failed(_)), "nothing leaves any more");
}
