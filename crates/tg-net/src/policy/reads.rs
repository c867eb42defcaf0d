//! Telegram's read-like calls, repeated where Telegram had trouble of its own. Sending is never
//! repeated here: whether a message may be sent again is the delivery's state machine to say.

use super::retry::{Effect, Retry};
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass};
use tg_core::inbox::{HeardUser, News};
use tg_core::peer::{Address, Peer};
use tg_core::ports::{
    BoxFuture, Clock, HistoryPage, Messenger, Receipt, Resolved, Transmission, UpdatePoint,
};
use tg_core::time::Timestamp;

/// Decorates a connected account.
pub struct RetryingReads {
    inner: Arc<dyn Messenger>,
    clock: Arc<dyn Clock>,
    retry: Retry,
    limit: Duration,
}

impl RetryingReads {
    /// Calls end within `limit`, repetitions included.
    pub fn new(
        inner: Arc<dyn Messenger>,
        clock: Arc<dyn Clock>,
        retry: Retry,
        limit: Duration,
    ) -> Self {
        Self { inner, clock, retry, limit }
    }

    async fn read<'s, T>(
        &'s self,
        call: impl Fn() -> BoxFuture<'s, Result<T, Failure>> + Send + Sync,
    ) -> Result<T, Failure> {
        let deadline = self.clock.now() + self.limit;
        // Failures that end the repeating pass it as values.
        let once = || async {
            match call().await {
                Err(failure) if is_theirs(&failure) => Err(failure),
                answer => Ok(answer),
            }
        };
        self.retry.run(Effect::Reads, deadline, once).await?
    }
}

/// Telegram answered that it has trouble of its own: the connection is fine and may be asked again.
/// Whatever else went wrong is for the engine to know: it stores waits, and opens connections anew.
fn is_theirs(failure: &Failure) -> bool {
    failure.class == FailureClass::Ambiguous
        && failure.reason.chars().next().is_some_and(char::is_uppercase)
}

impl Messenger for RetryingReads {
    /// As it is: once.
    fn send<'a>(&'a self, part: &'a Transmission) -> BoxFuture<'a, Result<Receipt, Failure>> {
        self.inner.send(part)
    }

    fn resolve<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<Resolved, Failure>> {
        Box::pin(self.read(move || self.inner.resolve(address)))
    }

    fn history(&self, peer: Peer, since: Timestamp) -> BoxFuture<'_, Result<HistoryPage, Failure>> {
        Box::pin(self.read(move || self.inner.history(peer, since)))
    }

    /// As it is: whoever listens decides how to go on.
    fn hear(&self, after: Option<UpdatePoint>) -> BoxFuture<'_, Result<News, Failure>> {
        self.inner.hear(after)
    }

    fn reached(&self, after: UpdatePoint) -> BoxFuture<'_, Option<UpdatePoint>> {
        self.inner.reached(after)
    }

    /// As it is: it is many calls, and the next connection asks again.
    fn acquaintances(&self) -> BoxFuture<'_, Result<Vec<HeardUser>, Failure>> {
        self.inner.acquaintances()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.close()
    }
}
