//! An answer, whole and of bounded size.

use super::error::HttpError;
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

    /// The body as JSON. Its size is bounded by the client, its depth by the parser (128).
    ///
    /// # Errors
    /// If it is not what was expected, with the place; the body itself is not repeated.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, HttpError> {
        serde_json::from_slice(&self.body).map_err(|error| HttpError::Unreadable {
            host: self.host.clone(),
            detail: format!(
                "{} at line {}, column {}",
                match error.classify() {
                    serde_json::error::Category::Data => "an unexpected shape",
                    serde_json::error::Category::Eof => "it ends early",
                    _ => "no JSON",
                },
                error.line(),
                error.column()
            ),
        })
    }
}
