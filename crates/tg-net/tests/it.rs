//! The adapter against a real server on loopback: no part of it is replaced by a mock.

#![allow(clippy::unwrap_used)]
#![allow(unreachable_pub)]

#[path = "it/alerts.rs"]
mod alerts;
#[path = "it/bench.rs"]
mod bench;
#[path = "it/connecting.rs"]
mod connecting;
#[path = "it/dead_ends.rs"]
mod dead_ends;
#[path = "it/hearing.rs"]
mod hearing;
#[path = "it/http.rs"]
mod http;
#[path = "it/reading.rs"]
mod reading;
#[path = "it/refusals.rs"]
mod refusals;
#[path = "it/sending.rs"]
mod sending;
#[path = "it/signing_in.rs"]
mod signing_in;
#[path = "it/sms.rs"]
mod sms;
