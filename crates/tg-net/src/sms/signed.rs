//! What a phone with android-sms-gateway posts when a text message arrives, and whether it may be
//! believed (docs.sms-gate.app/features/webhooks).

use super::source::Text;
use crate::json::{self, Unexpected};
use ring::hmac;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::time::Duration;
use tg_core::peer::PhoneNumber;
use tg_core::time::Timestamp;

/// How far the phone's clock and ours may be apart.
const FRESH: Duration = Duration::from_secs(300);

/// The event of a text message.
const RECEIVED: &str = "sms:received";

/// Why a request is turned away. Whoever posts is told no more than the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unsigned {
    /// A header is missing, or is not what it should be.
    #[error("it has no signature that could be read")]
    Missing,
    /// Its time is too far from ours: perhaps it was recorded.
    #[error("its time is too far from ours")]
    Stale,
    /// Whoever signed it does not know the key.
    #[error("the signature is not right")]
    Wrong,
}

/// The signature of one request.
pub(super) struct Signature {
    /// As it stands in `X-Timestamp`: the text is signed, not the number.
    stamp: String,
    tag: Vec<u8>,
}

impl Signature {
    /// Reads `X-Timestamp` (Unix seconds) and `X-Signature` (hexadecimal HMAC-SHA-256).
    ///
    /// # Errors
    /// If one is missing or unreadable; if the time is further from `now` than clocks are apart.
    pub(super) fn read(
        stamp: Option<&str>,
        tag: Option<&str>,
        now: Timestamp,
    ) -> Result<Self, Unsigned> {
        let (stamp, tag) = (stamp.ok_or(Unsigned::Missing)?, tag.ok_or(Unsigned::Missing)?);
        let at: i64 = stamp.parse().map_err(|_| Unsigned::Missing)?;
        let at = Timestamp::from_secs(at);
        if now.since(at) > FRESH || at.since(now) > FRESH {
            return Err(Unsigned::Stale);
        }
        let tag = hex::decode(tag).map_err(|_| Unsigned::Missing)?;
        Ok(Self { stamp: stamp.to_owned(), tag })
    }

    /// Whether it is the key's, over body and time; compared in constant time.
    ///
    /// # Errors
    /// If it is not.
    pub(super) fn verify(&self, key: &SecretString, body: &[u8]) -> Result<(), Unsigned> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret().as_bytes());
        let signed = [body, self.stamp.as_bytes()].concat();
        hmac::verify(&key, &signed, &self.tag).map_err(|_| Unsigned::Wrong)
    }
}

#[derive(Deserialize)]
struct Event {
    /// Of this event; the same when it is posted again.
    id: String,
    event: String,
}

/// The same event, when it is one of a text message.
#[derive(Deserialize)]
struct Received {
    payload: Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    message: String,
    /// The number it was sent to, where the phone knows.
    recipient: Option<String>,
    /// RFC 3339, in the phone's time zone.
    received_at: String,
}

/// A text message, and to which number it was sent if the phone said so.
pub(super) struct Arrived {
    pub(super) text: Text,
    pub(super) to: Option<PhoneNumber>,
}

/// Why a body that was signed is no event of a text message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoEvent {
    /// It is not the JSON of one.
    #[error(transparent)]
    Json(#[from] Unexpected),
    /// A value is none.
    #[error("{0}")]
    Value(&'static str),
}

/// The text message in a body that was signed; `None` for other events.
///
/// # Errors
/// If it is no event at all.
pub(super) fn arrived(body: &[u8]) -> Result<Option<Arrived>, NoEvent> {
    let event: Event = json::read(body)?;
    if event.event != RECEIVED {
        return Ok(None);
    }
    let Received { payload } = json::read(body)?;
    let at: jiff::Timestamp =
        payload.received_at.parse().map_err(|_| NoEvent::Value("its time cannot be read"))?;
    let to = payload.recipient.filter(|to| !to.is_empty());
    let to = to
        .map(|to| PhoneNumber::from_e164(&to))
        .transpose()
        .map_err(|_| NoEvent::Value("the recipient is no number"))?;
    let received_at = Timestamp(at.as_millisecond());
    Ok(Some(Arrived { text: Text { id: event.id, body: payload.message, received_at }, to }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

    /// `printf '{}1700000000' | openssl dgst -sha256 -hmac key`
    const TAG: &str = "93800482ca289ca2ab5ad69bbb6a631e6a997ad0fb659f5edfb80f566fc07457";

    fn verdict(stamp: &str, tag: &str, key: &str, body: &[u8]) -> Result<(), Unsigned> {
        Signature::read(Some(stamp), Some(tag), NOW)?.verify(&SecretString::from(key), body)
    }

    #[test]
    fn the_signature_covers_body_and_time() {
        assert_eq!(verdict("1700000000", TAG, "key", b"{}"), Ok(()));
        assert_eq!(verdict("1700000000", &TAG.to_uppercase(), "key", b"{}"), Ok(()));
        for (stamp, key, body) in [
            ("1700000001", "key", &b"{}"[..]),
            ("1700000000", "another", b"{}"),
            ("1700000000", "key", b"{ }"),
            ("+1700000000", "key", b"{}"),
        ] {
            assert_eq!(verdict(stamp, TAG, key, body), Err(Unsigned::Wrong), "{stamp} {key}");
        }
        assert_eq!(verdict("1700000000", &TAG[2..], "key", b"{}"), Err(Unsigned::Wrong));
        assert_eq!(verdict("1700000000", "zz", "key", b"{}"), Err(Unsigned::Missing));
        assert_eq!(verdict("soon", TAG, "key", b"{}"), Err(Unsigned::Missing));
    }

    #[test]
    fn what_is_far_from_now_is_refused() {
        for apart in [-301, 301, -9_999_999_999, i64::MAX - 1_700_000_000] {
            let stamp = (1_700_000_000 + apart).to_string();
            assert_eq!(verdict(&stamp, TAG, "key", b"{}"), Err(Unsigned::Stale), "{apart}");
        }
    }

    #[test]
    fn a_text_message_is_read_and_other_events_are_none() {
        let body = br#"{"deviceId":"d","event":"sms:received","id":"e-1","webhookId":"w","payload":
            {"messageId":"m","message":"Login code: 24680","sender":"Telegram","recipient":null,
            "simNumber":1,"receivedAt":"2026-11-23T09:00:00.000+01:00"}}"#;
        let found = arrived(body).unwrap().unwrap();
        assert_eq!((&*found.text.id, &*found.text.body), ("e-1", "Login code: 24680"));
        assert_eq!(found.text.received_at, Timestamp(1_795_420_800_000));
        assert!(found.to.is_none());
        assert!(arrived(br#"{"event":"sms:sent","id":"1","payload":{}}"#).unwrap().is_none());
        for bad in [&b""[..], b"[]", br#"{"event":"sms:received","id":"1","payload":{}}"#] {
            assert!(arrived(bad).is_err());
        }
    }
}
