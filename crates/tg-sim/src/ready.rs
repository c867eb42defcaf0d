//! Where everything is, as announced when it is up.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Serialize;

/// The line that `tg-sim` prints when it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ready {
    /// Addresses of the data centres, by their numbers.
    pub telegram: BTreeMap<i32, SocketAddr>,
    /// Base URL of the control interface.
    pub control: String,
    /// Base URL of the SMS gateways.
    pub sms: String,
    /// Base URL of the Gemini endpoint.
    pub gemini: String,
    /// The folder with accounts, people and journal.
    pub state: PathBuf,
}
