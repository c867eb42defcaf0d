//! A request to stop, shared by everybody who has to hear it.

use std::sync::Arc;
use tokio::sync::watch;

/// A request to stop gracefully. Clones are the same request.
#[derive(Clone, Debug)]
pub struct Shutdown(Arc<watch::Sender<bool>>);

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl Shutdown {
    /// Nothing is requested yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Requests a graceful stop.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Whether a stop was requested.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Completes when a stop is requested.
    pub async fn begun(&self) {
        let mut receiver = self.0.subscribe();
        // The sender lives in `self`, so this ends only by the request.
        let _ = receiver.wait_for(|begun| *begun).await;
    }
}
