//! Tells people what the store says they should know. What was told is written down after it was
//! told: a crash in between tells it twice, never not at all.

use crate::shutdown::Shutdown;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass};
use tg_core::pace::Bucket;
use tg_core::ports::{Alert, AlertState, Alerter, Clock, Entropy, Store, StoreError};
use tg_core::retry::RetryPolicy;

/// How often the store is asked.
const LOOK: Duration = Duration::from_secs(1);
/// Alerts that are read at once.
const BATCH: usize = 16;
/// One alert each so long, and a few at once: a fleet that breaks down does not flood a phone.
const INTERVAL: Duration = Duration::from_secs(20);
const BURST: u32 = 10;
/// What nobody could be told for longer is old news.
const OLD_NEWS: Duration = Duration::from_secs(86_400);
/// When the run ends, what is due may still be told for so long.
const LAST_WORDS: Duration = Duration::from_secs(10);
/// Pauses after failures.
const RETRY: RetryPolicy = RetryPolicy {
    initial: Duration::from_secs(5),
    max: Duration::from_secs(600),
    factor: 2.0,
    jitter: 0.25,
};

/// The task that tells.
pub(crate) struct Herald {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) alerter: Arc<dyn Alerter>,
}

impl Herald {
    /// Runs until told to stop, and a little longer for what is due then.
    pub(crate) async fn run(self, stop: Shutdown) -> Result<(), StoreError> {
        let mut bucket = Bucket::new(INTERVAL, BURST, self.clock.now());
        while !stop.is_begun() {
            tokio::select! {
                told = self.round(&mut bucket) => told?,
                () = self.after(&stop) => return Ok(()),
            }
            tokio::select! {
                () = stop.begun() => {}
                () = self.clock.sleep(LOOK) => {}
            }
        }
        tokio::select! {
            told = self.round(&mut bucket) => told,
            () = self.clock.sleep(LAST_WORDS) => Ok(()),
        }
    }

    async fn after(&self, stop: &Shutdown) {
        stop.begun().await;
        self.clock.sleep(LAST_WORDS).await;
    }

    async fn round(&self, bucket: &mut Bucket) -> Result<(), StoreError> {
        let now = self.clock.now();
        let due: Vec<Alert> = self.store.read(move |unit| unit.due_alerts(now, BATCH)).await?;
        for alert in due {
            let old = self.clock.now().since(alert.raised_at) > OLD_NEWS;
            if !old && bucket.take(1, self.clock.now()) == 0 {
                return Ok(());
            }
            let (state, fault) = if old {
                (AlertState::GivenUp, Some("nobody could be told for a day".to_owned()))
            } else {
                self.tell(&alert).await
            };
            let id = alert.id;
            self.store.write(move |unit| unit.alert_tried(id, state, fault.as_deref())).await?;
        }
        Ok(())
    }

    async fn tell(&self, alert: &Alert) -> (AlertState, Option<String>) {
        match self.alerter.tell(alert).await {
            Ok(told) if told.missed.is_empty() => (AlertState::Told, None),
            Ok(told) => (AlertState::Told, Some(told.missed.join("; "))),
            Err(failure) => {
                tracing::warn!(alert = alert.id, reason = failure.reason, "nobody could be told");
                let due = self.clock.now() + self.pause(alert, &failure);
                (AlertState::Waiting { due }, Some(failure.text))
            }
        }
    }

    /// A person can put a refusal right, so that is tried again too, until it is old news.
    fn pause(&self, alert: &Alert, failure: &Failure) -> Duration {
        let pause = RETRY.delay(alert.attempts, self.entropy.as_ref());
        match failure.class {
            FailureClass::Wait { delay, .. } => pause.max(delay),
            FailureClass::Refused(_) => pause.max(RETRY.max),
            _ => pause,
        }
    }
}
