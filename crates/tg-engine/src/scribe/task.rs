//! The task: looks for recipients without a text, groups those whose questions are the same, and has
//! a bounded number of texts written at once.

use super::job::{Job, TextOptions};
use super::mood::Mood;
use super::piece::{Done, Piece, permitted, template};
use crate::alerts;
use crate::control::Control;
use crate::events::{EventKind, EventSink, RunEvent};
use crate::shutdown::Shutdown;
use crate::worker::Shared;
use futures_util::StreamExt;
use futures_util::stream;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tg_core::campaign::CampaignState;
use tg_core::failure::{Failure, FailureClass};
use tg_core::ids::{CampaignId, Epoch, Slug};
use tg_core::personal::{Fallback, Usage, tag};
use tg_core::ports::{Clock, Entropy, IdKey, Store, StoreError, TextWriter, Unit, Unwritten};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// Recipients that are looked at together: what is held in memory at a time.
const BATCH: usize = 128;
/// Recipients of one transaction when there is nothing to ask.
const CHUNK: usize = 500;
/// Before a task that panicked is started again.
const CRASH_PAUSE: Duration = Duration::from_secs(1);

/// What a text needs.
pub(super) struct Desk {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) epoch: Epoch,
    pub(super) options: TextOptions,
    pub(super) stop: Shutdown,
    pub(super) turns: Turns,
    id_key: Arc<dyn IdKey>,
    events: Arc<dyn EventSink>,
    alert_quiet: Duration,
    /// How long what is on its way may take after a stop; an answer that comes later is paid for
    /// twice.
    grace: Duration,
    mood: Mutex<Mood>,
}

/// Questions that were charged and are not settled.
#[derive(Default)]
pub(super) struct Turns {
    open: AtomicUsize,
    /// Rung whenever one is settled.
    settled: Notify,
}

/// One of them.
pub(super) struct Turn<'a>(&'a Turns);

impl Turns {
    pub(super) fn begin(&self) -> Turn<'_> {
        self.open.fetch_add(1, Ordering::SeqCst);
        Turn(self)
    }

    /// Waits until one of those that are open is settled; false at once if none is.
    pub(super) async fn others_settled(&self) -> bool {
        let settled = self.settled.notified();
        if self.open.load(Ordering::SeqCst) == 0 {
            return false;
        }
        settled.await;
        true
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
        self.0.settled.notify_waiters();
    }
}

/// Owns the task.
pub(crate) struct Scribe {
    desk: Arc<Desk>,
    writer: Option<Arc<dyn TextWriter>>,
    orders: watch::Receiver<Arc<Control>>,
    task: JoinSet<Result<(), StoreError>>,
}

impl Scribe {
    /// Starts it.
    pub(crate) fn hire(
        shared: &Shared,
        writer: Option<Arc<dyn TextWriter>>,
        options: TextOptions,
        orders: watch::Receiver<Arc<Control>>,
    ) -> Self {
        let desk = Arc::new(Desk {
            store: Arc::clone(&shared.store),
            clock: Arc::clone(&shared.clock),
            entropy: Arc::clone(&shared.entropy),
            epoch: shared.epoch,
            options,
            stop: shared.stop.clone(),
            turns: Turns::default(),
            id_key: Arc::clone(&shared.id_key),
            events: Arc::clone(&shared.events),
            alert_quiet: shared.alert_quiet,
            grace: shared.grace,
            mood: Mutex::default(),
        });
        let mut scribe = Self { desk, writer, orders, task: JoinSet::new() };
        scribe.start(Duration::ZERO);
        scribe
    }

    fn start(&mut self, pause: Duration) {
        let (desk, writer) = (Arc::clone(&self.desk), self.writer.clone());
        let orders = self.orders.clone();
        self.task.spawn(async move {
            if !pause.is_zero() {
                desk.clock.sleep(pause).await;
            }
            desk.run(writer.as_deref(), orders).await
        });
    }

    /// Waits until it fails; a panic starts it again.
    pub(crate) async fn ended(&mut self) -> Result<(), StoreError> {
        match self.task.join_next().await {
            Some(Ok(Err(error))) => Err(error),
            Some(Ok(Ok(()))) | None => std::future::pending().await,
            Some(Err(error)) => {
                tracing::error!(%error, "writing texts crashed and is started again");
                self.start(CRASH_PAUSE);
                Ok(())
            }
        }
    }

    /// Waits for its end, which the run's stop brings about.
    pub(crate) async fn join(&mut self) -> Result<(), StoreError> {
        while let Some(ended) = self.task.join_next().await {
            ended.unwrap_or_else(|error| {
                tracing::error!(%error, "writing texts crashed");
                Ok(())
            })?;
        }
        Ok(())
    }
}

/// Whether anybody in a running campaign still waits for a text.
pub(crate) async fn is_busy(store: &dyn Store, control: &Control) -> Result<bool, StoreError> {
    for live in control.campaigns.values() {
        let (id, runs) = (live.campaign.id, live.campaign.state == CampaignState::Running);
        if !runs {
            continue;
        }
        let waiting: Result<bool, StoreError> =
            store.read(move |unit| unit.unwritten(id, 1).map(|rows| !rows.is_empty())).await;
        if waiting? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Desk {
    pub(super) fn mood(&self) -> MutexGuard<'_, Mood> {
        // Every change is one assignment: a panic elsewhere leaves nothing half-written.
        self.mood.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn run(
        &self,
        writer: Option<&dyn TextWriter>,
        mut orders: watch::Receiver<Arc<Control>>,
    ) -> Result<(), StoreError> {
        let mut jobs = Jobs::default();
        while !self.stop.is_begun() {
            let control = orders.borrow_and_update().clone();
            let work = self.round(writer, &control, &mut jobs);
            let more = tokio::select! {
                more = work => more?,
                () = self.overdue() => return Ok(()),
            };
            if more {
                continue;
            }
            tokio::select! {
                () = self.stop.begun() => {}
                changed = orders.changed() => if changed.is_err() { return Ok(()) },
            }
        }
        Ok(())
    }

    /// The run stopped, and what was on its way has had its time.
    async fn overdue(&self) {
        self.stop.begun().await;
        self.clock.sleep(self.grace).await;
    }

    /// One batch of every running campaign; says whether there was any.
    async fn round(
        &self,
        writer: Option<&dyn TextWriter>,
        control: &Control,
        jobs: &mut Jobs,
    ) -> Result<bool, StoreError> {
        let mut any = false;
        for job in jobs.of(self, control).await? {
            any |= self.batch(writer, &job).await?;
        }
        Ok(any)
    }

    async fn batch(
        &self,
        writer: Option<&dyn TextWriter>,
        job: &Arc<Job>,
    ) -> Result<bool, StoreError> {
        let (id, now) = (job.campaign.id, self.clock.now());
        let hopeless = match writer {
            None => Some(Fallback::NotConfigured),
            Some(_) => self.mood().hopeless(id, now),
        };
        if let Some(reason) = hopeless {
            let epoch = self.epoch;
            let work = move |unit: &mut dyn Unit| -> Result<(bool, Done), StoreError> {
                let waiting = unit.unwritten(id, CHUNK)?;
                let found = !waiting.is_empty();
                let rows = permitted(unit, epoch, waiting, now)?;
                Ok((found, template(unit, &rows, reason, Usage::default(), now)?))
            };
            let (found, done) = self.store.write(work).await?;
            self.announce(&job.campaign.name, [done]);
            return Ok(found);
        }
        let Some(writer) = writer else { return Ok(false) };
        let most = BATCH.max(job.campaign.accounts.len());
        let waiting = self.store.read(move |unit| unit.unwritten(id, most)).await?;
        if waiting.is_empty() {
            return Ok(false);
        }
        let pieces = self.pieces(job, writer, waiting).await?;
        let written: Vec<Result<Done, StoreError>> = stream::iter(pieces)
            .map(|piece| self.write(writer, piece))
            .buffer_unordered(self.options.at_once.max(1))
            .collect()
            .await;
        let done = written.into_iter().collect::<Result<Vec<_>, _>>()?;
        self.announce(&job.campaign.name, done);
        Ok(!self.stop.is_begun())
    }

    /// The questions of a batch, each once; who cannot be asked about gets the template.
    async fn pieces(
        &self,
        job: &Arc<Job>,
        writer: &dyn TextWriter,
        waiting: Vec<Unwritten>,
    ) -> Result<Vec<Piece>, StoreError> {
        let told = job.personal.fields.iter().any(|field| field == "lang");
        let mut pieces: BTreeMap<[u8; 16], Piece> = BTreeMap::new();
        let mut impossible = Vec::new();
        for row in waiting {
            let Ok(ask) = job.prompt.ask(&row.person) else {
                impossible.push(row.delivery);
                continue;
            };
            let tag = tag(self.id_key.as_ref(), job.campaign.uuid, writer.model(), &ask);
            let reads = Some(row.person.lang).filter(|lang| told && !lang.is_empty());
            pieces
                .entry(tag)
                .or_insert_with(|| Piece { job: Arc::clone(job), ask, tag, rows: vec![], reads })
                .rows
                .push(row.delivery);
        }
        if !impossible.is_empty() {
            let done = self.give_up(&impossible, Fallback::Prompt).await?;
            self.announce(&job.campaign.name, [done]);
        }
        Ok(pieces.into_values().collect())
    }

    /// Announces what was committed.
    fn announce(&self, campaign: &Slug, done: impl IntoIterator<Item = Done>) {
        let mut counts: BTreeMap<Option<Fallback>, u64> = BTreeMap::new();
        for Done { written, fallback } in done {
            *counts.entry(None).or_default() += written;
            if let Some((reason, rows)) = fallback {
                *counts.entry(Some(reason)).or_default() += rows;
            }
        }
        for (fallback, rows) in counts.into_iter().filter(|(_, rows)| *rows > 0) {
            let kind = EventKind::Texts { campaign: campaign.clone(), rows, fallback };
            self.events.emit(RunEvent { at: self.clock.now(), kind });
        }
    }

    /// Tells a person that a campaign's texts have cost what they may.
    pub(super) async fn tell_spent(&self, job: &Job, reason: Fallback) -> Result<(), StoreError> {
        self.tell(alerts::texts_spent(&job.campaign.name, reason)).await
    }

    /// Tells a person what only a person can put right.
    pub(super) async fn tell_refused(&self, failure: &Failure) -> Result<(), StoreError> {
        match failure.class {
            FailureClass::Refused(_) => self.tell(alerts::texts_refused(failure)).await,
            _ => Ok(()),
        }
    }

    async fn tell(&self, alert: tg_core::ports::NewAlert) -> Result<(), StoreError> {
        let (quiet, now) = (self.alert_quiet, self.clock.now());
        self.store.write(move |unit| unit.raise_alert(&alert, quiet, now).map(|_| ())).await
    }
}

/// Campaigns that run, with what their texts are written by; `None` for those without.
#[derive(Default)]
struct Jobs(BTreeMap<CampaignId, Option<Arc<Job>>>);

impl Jobs {
    async fn of(&mut self, desk: &Desk, control: &Control) -> Result<Vec<Arc<Job>>, StoreError> {
        self.0.retain(|id, _| control.campaigns.contains_key(id));
        let mut running = Vec::new();
        for live in control.campaigns.values() {
            if live.campaign.state != CampaignState::Running {
                continue;
            }
            let job = match self.0.entry(live.campaign.id) {
                Entry::Occupied(known) => known.get().clone(),
                Entry::Vacant(place) => {
                    let (campaign, options) = (live.campaign.clone(), desk.options.clone());
                    let read = move |unit: &mut dyn Unit| Job::read(&*unit, &campaign, &options);
                    place.insert(desk.store.read(read).await?).clone()
                }
            };
            running.extend(job);
        }
        Ok(running)
    }
}
