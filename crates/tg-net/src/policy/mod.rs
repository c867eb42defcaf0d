//! What every call that leaves the process obeys, whatever service it goes to.
//!
//! Each policy is a layer of its own, on the clock that the whole run lives by:
//! `Timed(Bulkhead(Retrying(Breaking(Throttled(call)))))`. [`Service`] is all of them around calls
//! to one service; the connector and the messenger of Telegram use those that fit there.

mod breaker;
mod bulkhead;
mod reads;
mod retry;
mod service;
mod throttle;
mod timed;

pub use breaker::{Admission, Breakers};
pub use bulkhead::{Bulkhead, Place};
pub use reads::RetryingReads;
pub use retry::{Effect, Retry};
pub use service::{Limits, Service};
pub use throttle::Throttle;
pub use timed::{Elapsed, within};
