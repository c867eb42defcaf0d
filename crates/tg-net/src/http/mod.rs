//! The one HTTP client of the program: for SMS gateways, alerts, and whatever else speaks HTTP.
//!
//! A URL that somebody configured, or a server redirects to, must not reach what only this machine
//! can reach (RFC 1918 networks, the metadata service of a cloud). So every address is checked where
//! it is connected to: after the name was resolved, for each redirect anew, and nothing else is
//! connected to. Bodies, redirects and time are bounded; proxies of the environment are not used.

mod answer;
mod client;
mod error;
mod reach;
mod resolver;

pub use answer::Answer;
pub use client::{HttpClient, HttpLimits, Method, Request};
pub use error::{HttpError, Refused};
pub use reach::{BadReach, Reach};
