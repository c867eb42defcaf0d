//! How accounts hear, as whoever runs the engine says.

use std::sync::Arc;
use std::time::Duration;
use tg_core::inbox::OptOutWords;

/// How accounts hear.
#[derive(Clone, Debug)]
pub struct HearOptions {
    /// By which words people say no.
    pub words: Arc<OptOutWords>,
    /// What somebody who said no is answered, once; `None`: nothing.
    pub confirmation: Option<Arc<str>>,
    /// How long messages are kept; opt-outs are kept for ever.
    pub keep: Duration,
    /// Accounts that are kept connected although they have nothing to send, at most.
    pub seats: usize,
}

impl Default for HearOptions {
    fn default() -> Self {
        let keep = Duration::from_secs(365 * 24 * 60 * 60);
        Self { words: Arc::default(), confirmation: None, keep, seats: 10_000 }
    }
}
