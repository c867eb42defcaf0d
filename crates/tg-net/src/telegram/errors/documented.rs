//! The table of documented errors: every line can be read, and none falls through.

use super::known::{self, Meaning};
use super::*;
use grammers_client::tl::types;

const TABLE: &str = include_str!("known.tsv");

fn answered(code: i32, name: &str) -> Failure {
    let error = types::RpcError { error_code: code, error_message: name.to_owned() };
    classify(Call::Send, &InvocationError::Rpc(error.into()))
}

/// A name as it comes over the wire.
fn on_the_wire(name: &str) -> String {
    name.replace("_XMIN", "_5MIN").replace("_X", "_31").replace('*', "_4711_ab")
}

#[test]
fn every_line_can_be_read_and_stands_once() {
    let written = TABLE.lines().filter(|line| !line.starts_with('#')).count();
    let read: Vec<_> = known::lines().collect();
    assert_eq!(read.len(), written);
    assert!(written > 800, "several hundred are documented, {written} are here");
    assert!(read.is_sorted_by(|a, b| a.name < b.name), "sorted, and none twice");
    for line in &read {
        let found = known::find(line.name).map(|known| known.name);
        assert_eq!(found, Some(line.name), "found by its own name");
        assert!(!line.codes.is_empty());
    }
}

#[test]
fn no_documented_error_falls_through() {
    for line in known::lines() {
        for code in &line.codes {
            let wire = on_the_wire(line.name);
            let failure = answered(*code, &wire);
            let context = format!("{code} {wire}: {failure:?}");
            assert!(!failure.text.contains("not known here"), "{context}");
            let theirs = !(300..500).contains(code);
            if line.meaning == Meaning::InFlight {
                assert_eq!(failure.class, FailureClass::InFlight, "{context}");
                continue;
            }
            if theirs {
                assert_eq!(failure.class, FailureClass::Ambiguous, "{context}");
                continue;
            }
            let in_doubt =
                matches!(failure.class, FailureClass::Ambiguous | FailureClass::InFlight);
            assert!(!in_doubt, "{context}");
            let refused = |refusal| failure.class == FailureClass::Refused(refusal);
            let fault = |fault| refused(Refusal::Account(fault));
            let as_meant = match line.meaning {
                Meaning::Recipient => refused(Refusal::Recipient),
                Meaning::Quarantined => fault(AccountFault::Quarantined),
                Meaning::Revoked => fault(AccountFault::Revoked),
                Meaning::Banned => fault(AccountFault::Banned),
                Meaning::Frozen => fault(AccountFault::Frozen { until: None, appeal: None }),
                Meaning::Config => refused(Refusal::Config),
                Meaning::Wait | Meaning::ChatWait => matches!(
                    failure.class,
                    FailureClass::Wait { delay, .. } if delay == Duration::from_secs(31)
                ),
                Meaning::Elsewhere => failure.class == FailureClass::Elsewhere { dc: 31 },
                Meaning::Message | Meaning::SignIn | Meaning::Call => {
                    refused(Refusal::Unclassified)
                }
                Meaning::Theirs | Meaning::InFlight => false,
            };
            assert!(as_meant, "{context}");
        }
    }
}

/// The fault "a Telegram error retried when it must not be, or not retried when it must".
#[test]
fn what_is_repeated_is_exactly_what_may_be() {
    let repeated = |failure: &Failure| {
        matches!(
            failure.class,
            FailureClass::Wait { .. }
                | FailureClass::Elsewhere { .. }
                | FailureClass::Ambiguous
                | FailureClass::InFlight
        )
    };
    for (code, name) in [
        (420, "FLOOD_WAIT_31"),
        (420, "FLOOD_PREMIUM_WAIT_3"),
        (420, "SLOWMODE_WAIT_9"),
        (303, "USER_MIGRATE_4"),
        (500, "RANDOM_ID_DUPLICATE"),
        (500, "WORKER_BUSY_TOO_LONG_RETRY"),
        (500, "INTERDC_4_CALL_ERROR"),
        (500, "NOT_DOCUMENTED"),
        (-503, "Timeout"),
    ] {
        assert!(repeated(&answered(code, name)), "{code} {name} must be repeated");
    }
    for (code, name) in [
        (420, "FROZEN_METHOD_INVALID"),
        (420, "2FA_CONFIRM_WAIT_604800"),
        (420, "STORY_SEND_FLOOD_31"),
        (420, "NOT_DOCUMENTED_31"),
        (400, "PEER_FLOOD"),
        (400, "USER_IS_BLOCKED"),
        (403, "USER_PRIVACY_RESTRICTED"),
        (403, "ALLOW_PAYMENT_REQUIRED_250"),
        (406, "PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_5MIN"),
        (401, "AUTH_KEY_UNREGISTERED"),
        (401, "USER_DEACTIVATED_BAN"),
        (406, "AUTH_KEY_DUPLICATED"),
        (400, "MESSAGE_TOO_LONG"),
        (400, "API_ID_INVALID"),
        (400, "NOT_DOCUMENTED"),
    ] {
        let failure = answered(code, name);
        assert!(!repeated(&failure), "{code} {name} must not be repeated");
    }
}

#[test]
fn numbers_are_found_wherever_they_stand() {
    for (name, found) in [
        ("FLOOD_WAIT_86400", "FLOOD_WAIT_X"),
        ("FLOOD_WAIT", "FLOOD_WAIT_X"),
        ("2FA_CONFIRM_WAIT_604800", "2FA_CONFIRM_WAIT_X"),
        ("INTERDC_2_CALL_RICH_ERROR", "INTERDC_X_CALL_RICH_ERROR"),
        ("FILE_PART_0_MISSING", "FILE_PART_X_MISSING"),
        ("PREVIOUS_CHAT_IMPORT_ACTIVE_WAITMIN", "PREVIOUS_CHAT_IMPORT_ACTIVE_WAIT_XMIN"),
        ("INPUT_METHOD_INVALID_1192227_X", "INPUT_METHOD_INVALID*"),
        ("RECAPTCHA_CHECK_signup__key", "RECAPTCHA_CHECK*"),
        ("MD5_CHECKSUM_INVALID", "MD5_CHECKSUM_INVALID"),
    ] {
        assert_eq!(known::find(name).map(|known| known.name), Some(found), "{name}");
    }
    assert_eq!(known::find("FLOOD_WAITING"), None);
    assert_eq!(known::find(""), None);
}

#[test]
fn a_name_is_explained_in_words() {
    let says = |name| known::explain(name).unwrap_or_default();
    assert_eq!(
        says("PEER_FLOOD"),
        "Telegram says that the account wrote to too many people who do not know it"
    );
    assert_eq!(
        says("POLL_OPTION_INVALID"),
        "Telegram does not accept the message as it is: poll option invalid"
    );
    assert_eq!(known::explain("NOT_DOCUMENTED"), None);
}
