//! Every name that Telegram is known to answer with, and what it has to mean.

use super::*;
use grammers_client::tl::types;

fn rpc(code: i32, message: &str) -> InvocationError {
    let error = types::RpcError { error_code: code, error_message: message.to_owned() };
    InvocationError::Rpc(error.into())
}

fn sent(code: i32, message: &str) -> Failure {
    classify(Call::Send, &rpc(code, message))
}

fn wait(scope: WaitScope, secs: u64) -> FailureClass {
    FailureClass::Wait { scope, delay: Duration::from_secs(secs) }
}

const fn account(fault: AccountFault) -> FailureClass {
    FailureClass::Refused(Refusal::Account(fault))
}

#[test]
fn recipients_are_refused_for_good() {
    for (code, name) in [
        (403, "USER_IS_BLOCKED"),
        (400, "USER_IS_BLOCKED"),
        (403, "USER_PRIVACY_RESTRICTED"),
        (403, "PRIVACY_PREMIUM_REQUIRED"),
        (406, "PRIVACY_PREMIUM_REQUIRED"),
        (400, "INPUT_USER_DEACTIVATED"),
        (400, "YOU_BLOCKED_USER"),
        (400, "USER_IS_BOT"),
        (400, "PEER_ID_INVALID"),
        (400, "USERNAME_NOT_OCCUPIED"),
        (400, "USERNAME_INVALID"),
        (400, "PHONE_NOT_OCCUPIED"),
        (403, "CHAT_WRITE_FORBIDDEN"),
    ] {
        let failure = sent(code, name);
        assert_eq!(failure.class, FailureClass::Refused(Refusal::Recipient), "{name}");
        assert_eq!(failure.reason, name);
    }
    let paid = sent(403, "ALLOW_PAYMENT_REQUIRED_250");
    assert_eq!(paid.class, FailureClass::Refused(Refusal::Recipient));
    assert_eq!(paid.reason, "ALLOW_PAYMENT_REQUIRED");
    assert!(paid.text.contains("ALLOW_PAYMENT_REQUIRED_250"), "{}", paid.text);
}

#[test]
fn waits_concern_what_was_called() {
    let send = WaitScope::Method(Method::Send);
    assert_eq!(sent(420, "FLOOD_WAIT_7").class, wait(send, 7));
    assert_eq!(sent(420, "FLOOD_WAIT_7").reason, "FLOOD_WAIT");
    assert_eq!(sent(420, "FLOOD_WAIT_86400").class, wait(send, 86_400));
    assert_eq!(sent(420, "FLOOD_WAIT_0").class, wait(send, 1), "never no time at all");
    assert_eq!(sent(420, "FLOOD_WAIT").class, wait(send, 60), "no number");
    assert_eq!(sent(420, "FLOOD_PREMIUM_WAIT_3").class, wait(send, 3));
    assert_eq!(sent(420, "SLOWMODE_WAIT_31").class, wait(WaitScope::Chat, 31));
    let flood = rpc(420, "FLOOD_WAIT_7");
    for (call, scope) in [
        (Call::Resolve, WaitScope::Method(Method::Resolve)),
        (Call::History, WaitScope::Method(Method::History)),
        (Call::Connect, WaitScope::Account),
    ] {
        assert_eq!(classify(call, &flood).class, wait(scope, 7), "{call:?}");
    }
}

#[test]
fn accounts_are_stopped_for_what_was_said_about_them() {
    assert_eq!(sent(400, "PEER_FLOOD").class, account(AccountFault::Quarantined));
    for (code, name) in [
        (401, "AUTH_KEY_UNREGISTERED"),
        (401, "SESSION_REVOKED"),
        (401, "SESSION_EXPIRED"),
        (401, "USER_DEACTIVATED"),
        (406, "AUTH_KEY_DUPLICATED"),
    ] {
        assert_eq!(sent(code, name).class, account(AccountFault::Revoked), "{name}");
    }
    assert_eq!(sent(401, "USER_DEACTIVATED_BAN").class, account(AccountFault::Banned));
    assert_eq!(
        sent(420, "FROZEN_METHOD_INVALID").class,
        account(AccountFault::Frozen { until: None, appeal: None }),
        "420, but not a wait"
    );
}

#[test]
fn elsewhere_names_the_data_centre_and_only_some_move_the_account() {
    for (name, moves) in [
        ("PHONE_MIGRATE_4", true),
        ("USER_MIGRATE_4", true),
        ("NETWORK_MIGRATE_4", true),
        ("FILE_MIGRATE_4", false),
    ] {
        let failure = sent(303, name);
        assert_eq!(failure.class, FailureClass::Elsewhere { dc: 4 }, "{name}");
        assert_eq!(new_home(&failure), moves.then_some(4), "{name}");
    }
    assert_eq!(sent(303, "USER_MIGRATE").class, FailureClass::Refused(Refusal::Unclassified));
}

#[test]
fn their_trouble_proves_nothing() {
    assert_eq!(sent(500, "RANDOM_ID_DUPLICATE").class, FailureClass::InFlight);
    for (code, name) in [
        (500, "WORKER_BUSY_TOO_LONG_RETRY"),
        (500, "INTERDC_2_CALL_ERROR"),
        (500, "USER_IS_BLOCKED"),
        (-503, "Timeout"),
        (503, "Timeout"),
        (0, "NOTHING_KNOWN"),
    ] {
        assert_eq!(sent(code, name).class, FailureClass::Ambiguous, "{code} {name}");
    }
}

#[test]
fn the_installation_and_the_unknown() {
    for name in ["API_ID_INVALID", "CONNECTION_LAYER_INVALID", "CONNECTION_NOT_INITED"] {
        assert_eq!(sent(400, name).class, FailureClass::Refused(Refusal::Config), "{name}");
    }
    for (code, name) in [
        (400, "INPUT_CONSTRUCTOR_INVALID"),
        (400, "INPUT_METHOD_INVALID_1192227_X"),
        (400, "MESSAGE_TOO_LONG"),
        (420, "2FA_CONFIRM_WAIT_604800"),
        (403, "SOMETHING_NEW"),
    ] {
        assert_eq!(sent(code, name).class, FailureClass::Refused(Refusal::Unclassified), "{name}");
    }
}

#[test]
fn no_answer_is_ambiguous() {
    use grammers_mtproto::{mtp, transport};
    let io = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let short = grammers_client::tl::deserialize::Error::UnexpectedEof;
    let errors = [
        InvocationError::Io(io),
        InvocationError::Dropped("the runner is gone"),
        InvocationError::Deserialize(mtp::DeserializeError::from(short)),
        InvocationError::Transport(transport::Error::BadStatus { status: 429 }),
        InvocationError::Session("disk".into()),
    ];
    for error in errors {
        let failure = classify(Call::Send, &error);
        assert_eq!(failure.class, FailureClass::Ambiguous, "{error:?}");
        assert_eq!(failure.reason, failure.reason.to_lowercase(), "our own words");
    }
    let nowhere = classify(Call::Send, &InvocationError::InvalidDc);
    assert_eq!(nowhere.class, account(AccountFault::Revoked));
    let elapsed = timed_out(Elapsed(Duration::from_secs(20)));
    assert_eq!((elapsed.class, elapsed.reason.as_str()), (FailureClass::Ambiguous, "timeout"));
}
