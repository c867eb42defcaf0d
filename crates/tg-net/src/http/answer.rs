//! An answer, whole and of bounded size.

use super::error::HttpError;
use crate::json;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// What a server answered.
#[derive(Clone)]
pub struct Answer {
    /// Who answered: the host, after redirects.
    pub host: String,
    /// The status.
    pub status: u16,
    /// When the server wants to be asked again (RFC 9110, `Retry-After` in seconds).
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The answer itself, if the server said yes (2xx).
    ///
    /// # Errors
    /// `Status` otherwise.
    pub fn ok(self) -> Result<Self, HttpError> {
        if (200..300).contains(&self.status) { Ok(self) } else { Err(HttpError::of_status(&self)) }
    }

    /// The body as JSON. Its size is bounded by the client; what is kept of it is
    /// nested at most 128 deep, and what is passed over costs no stack.
    ///
    /// # Errors
    /// If it is not what was expected, with the path, the line and the column; the body itself is
    /// not repeated.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, HttpError> {
        json::read(&self.body).map_err(|fault| HttpError::Unreadable {
            host: self.host.clone(),
            detail: fault.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    struct Page {
        #[serde(rename = "messages")]
        _messages: Vec<BTreeMap<String, String>>,
    }

    fn told(body: impl Into<Vec<u8>>) -> String {
        let (host, body) = ("sms.example".to_owned(), body.into());
        let answer = Answer { host, status: 200, retry_after: None, body };
        answer.json::<Page>().unwrap_err().to_string()
    }

    /// Whoever answers may be somebody else than was meant, or broken.
    #[test]
    fn what_cannot_be_read_is_told_with_its_place_and_not_repeated() {
        let key = "5f".repeat(64);
        for (body, says) in [
            (
                "{\"messages\": [{}, {\"body\": 7}]}".to_owned(),
                "shape at .messages[1].body, line 1",
            ),
            (
                "{\"messages\":\n[{\"a\": !}]}".to_owned(),
                "no JSON at .messages[0].a, line 2, column 8",
            ),
            ("{\"messages\": [{".to_owned(), "ends early at .messages[0]"),
            ("<html>your code is 12345</html>".to_owned(), "no JSON at ., line 1"),
            ("{} {}".to_owned(), "shape at ., line 1"),
            (format!("{{\"messages\": [{{\"{key}\": 1}}]}}"), "at .messages[0].[…]"),
            ("{\"messages\": [{\"\u{1b}[2J\": 1}]}".to_owned(), "at "),
            ("{\"messages\": [{\"4915112345678\": 1}]}".to_owned(), "at .messages[0].[…]"),
            ("[".repeat(1_000_000), "at "),
            (format!("{{\"more\": {}", "{\"a\":".repeat(1_000_000)), "ends early at .more"),
        ] {
            let error = told(body);
            assert!(error.starts_with("the answer of sms.example cannot be read"), "{error}");
            assert!(error.contains(says) && error.len() < 300, "{error}");
            for hidden in ["12345", "5f5f", "\u{1b}"] {
                assert!(!error.contains(hidden), "{error}");
            }
        }
        assert!(told([0xff, 0xfe]).contains("no JSON at ., line 1"));
    }
}
