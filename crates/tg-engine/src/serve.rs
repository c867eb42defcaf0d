//! Serving one open connection: turns, calls on their way, and how it ends.

use crate::board::Doing;
use crate::commit::UnderWay;
use crate::flight::{self, Landing};
use crate::learn::Ask;
use crate::settle::Course;
use crate::turn::{Ready, Task, TurnOutput, Wants};
use crate::worker::Worker;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass};
use tg_core::ids::DeliveryId;
use tg_core::ports::{BoxFuture, Messenger, StoreError};
use tg_core::time::Timestamp;

/// Rows that one turn claims at most: what a commit costs, others wait for.
const BATCH: u32 = 64;
/// The next turn begins while rows of the last one fly, once no more than this are left. So an
/// account has at most a batch and these in hand, which is what a crash leaves in doubt.
const LOW: usize = 64;
/// Outcomes wait no longer than this for their commit while other calls are on their way.
const SETTLE_AFTER: Duration = Duration::from_millis(200);
/// A connection without work for longer is closed; the next work opens, and proves, a new one.
const LINGER: Duration = Duration::from_secs(60);

/// The shortest rest after a turn that found nothing to do.
const GLANCE: Duration = Duration::from_millis(20);

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The account or the run stops.
    Over,
    /// Nothing to do for a while.
    Idle,
    /// The connection is of no more use.
    Reopen,
    /// The account was given another way out.
    Moved,
}

/// One open connection.
pub(crate) struct Service<'a> {
    worker: &'a mut Worker,
    messenger: Arc<dyn Messenger>,
    ready: VecDeque<Ready>,
    asks: VecDeque<Ask>,
    /// A turn that began while calls were on their way.
    turning: Option<UnderWay>,
    /// The last turn took all that it wanted: there may be more behind it.
    more: bool,
    flights: FuturesUnordered<BoxFuture<'static, Landing>>,
    /// Sends that were handed over, by row.
    aloft: BTreeMap<DeliveryId, Ready>,
    /// Questions that were handed over.
    asking: usize,
    /// Set once nothing more is handed over.
    leaving: Option<Exit>,
    /// Until when what flies may land after the run was told to stop.
    deadline: Option<Timestamp>,
    /// Set with the first of the outcomes that wait for their commit: ends when they have waited for
    /// long enough. A steady stream of answers must not put the commit off.
    patience: Option<BoxFuture<'static, ()>>,
    /// What people want has changed and was not looked at yet.
    news: bool,
}

impl<'a> Service<'a> {
    pub(crate) fn new(worker: &'a mut Worker, messenger: Arc<dyn Messenger>) -> Self {
        Self {
            worker,
            messenger,
            ready: VecDeque::new(),
            asks: VecDeque::new(),
            turning: None,
            more: false,
            flights: FuturesUnordered::new(),
            aloft: BTreeMap::new(),
            asking: 0,
            leaving: None,
            deadline: None,
            patience: None,
            news: false,
        }
    }

    /// Serves until the connection ends; closes it and writes every outcome before returning.
    pub(crate) async fn run(mut self) -> Result<Exit, StoreError> {
        let mut result = self.serve().await;
        // What it claims is in hand, whatever became of the connection.
        if let Some(turn) = self.turning.take()
            && let Err(error) = self.finish(turn).await
        {
            result = Err(error);
        }
        self.release_all(None);
        if result.is_err() || self.leaving == Some(Exit::Reopen) || !self.flights.is_empty() {
            self.ground().await;
        }
        let messenger = Arc::clone(&self.messenger);
        messenger.close().await;
        let id = self.worker.account.id;
        self.worker.shared.board.set_connected(id, false, None);
        let exit = result?;
        self.worker.turn(None).await?;
        Ok(exit)
    }

    async fn serve(&mut self) -> Result<Exit, StoreError> {
        loop {
            self.check_orders();
            self.hand_over();
            self.turn_ahead();
            if !self.flights.is_empty() || self.turning.is_some() {
                if !self.land().await? {
                    return Ok(self.leaving.unwrap_or(Exit::Reopen));
                }
                continue;
            }
            self.release_all(None);
            if let Some(exit) = self.leaving {
                return Ok(exit);
            }
            if !self.take_turn().await? {
                let due = self.worker.next_work().await?;
                let now = self.worker.shared.clock.now();
                // What fell due in between, or waits for a pace that was not granted, is looked at
                // again soon, not at once.
                let due = due.map(|at| at.max(now + GLANCE));
                let far = due.is_none_or(|at| at.since(now) > LINGER);
                if far && self.worker.ledger.is_empty() && !self.worker.stays() {
                    return Ok(Exit::Idle);
                }
                self.worker.rest(due).await;
                self.worker.shared.board.set(self.worker.account.id, Doing::Busy);
            }
        }
    }

    /// Writes, claims; says whether there is anything to do.
    async fn take_turn(&mut self) -> Result<bool, StoreError> {
        if !self.worker.ledger.waits.is_empty() {
            // Stored before anything else is wanted: the pace obeys what is stored.
            self.worker.turn(None).await?;
        }
        let wants = self.worker.wants(BATCH);
        let turn = self.worker.begin_turn(Some(wants));
        self.finish(turn).await
    }

    /// Begins the next turn while calls are on their way, so that the connection does not wait for
    /// commits. Not while there are questions: rows that are asked about are still planned.
    fn turn_ahead(&mut self) {
        let ledger = &self.worker.ledger;
        let asks = self.asking > 0 || !self.asks.is_empty() || !ledger.learned.is_empty();
        let halts = self.leaving.is_some() || !ledger.waits.is_empty() || ledger.fault.is_some();
        let in_hand = self.ready.len() + self.aloft.len();
        if self.turning.is_some() || !self.more || asks || halts || in_hand > LOW || in_hand == 0 {
            return;
        }
        let wants = self.worker.wants(BATCH);
        self.begin(Some(wants));
    }

    fn begin(&mut self, wants: Option<Wants>) {
        self.turning = Some(self.worker.begin_turn(wants));
        self.patience = None;
    }

    async fn finish(&mut self, mut turn: UnderWay) -> Result<bool, StoreError> {
        let out = turn.committed().await?;
        Ok(self.turned(turn, out))
    }

    /// Takes what a turn claimed; says whether there is anything to do.
    fn turned(&mut self, turn: UnderWay, out: TurnOutput) -> bool {
        let claimed = turn.claims();
        let out = self.worker.end_turn(turn, out);
        if out.stopped {
            self.leaving = Some(Exit::Over);
        }
        let busy = out.swept || out.stopped || !out.ready.is_empty() || !out.asks.is_empty();
        if claimed {
            self.more = out.ready.len() >= LOW;
        }
        self.ready.extend(out.ready);
        self.asks.extend(out.asks);
        // While it was under way, people and Telegram may have forbidden what it claimed.
        self.news = true;
        self.hold_back(self.worker.shared.clock.now());
        busy
    }

    /// Hears what people want now.
    fn check_orders(&mut self) {
        if self.worker.shared.stop.is_begun() && self.deadline.is_none() {
            let now = self.worker.shared.clock.now();
            self.deadline = Some(now + self.worker.shared.grace);
        }
        if self.leaving.is_none() && self.worker.is_over() {
            self.leaving = Some(Exit::Over);
        }
        if self.leaving.is_none() && self.worker.has_moved() {
            self.leaving = Some(Exit::Moved);
        }
        if let Some(failure) = self.worker.trouble.take() {
            let now = self.worker.shared.clock.now();
            let course = self.worker.ledger.course(failure, None, now);
            self.follow(course);
        }
        if self.leaving.is_some() {
            return;
        }
        // Looked at only when there is news: this is passed once per answer.
        let news = self.worker.control.has_changed().unwrap_or(true);
        if !std::mem::take(&mut self.news) && !news {
            return;
        }
        let control = self.worker.control.borrow_and_update().clone();
        let (go, held): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.ready).into_iter().partition(|r| {
                matches!(r.task, Task::Look { .. }) || control.may_hand_over(r.campaign)
            });
        self.ready = go;
        for row in held {
            self.release(&row, None);
        }
    }

    /// Hands over as much as may be on its way at once.
    fn hand_over(&mut self) {
        while self.leaving.is_none() && self.flights.len() < self.worker.shared.depth {
            if let Some(row) = self.ready.pop_front() {
                self.aloft.insert(row.delivery, row.clone());
                self.flights.push(flight::ready(Arc::clone(&self.messenger), row));
            } else if let Some(ask) = self.asks.pop_front() {
                self.asking += 1;
                self.flights.push(flight::ask(Arc::clone(&self.messenger), ask));
            } else {
                return;
            }
        }
    }

    /// Waits for something to happen while calls are on their way. `false`: time is up.
    async fn land(&mut self) -> Result<bool, StoreError> {
        let clock = Arc::clone(&self.worker.shared.clock);
        let now = clock.now();
        let up = self.deadline;
        let stop = self.worker.shared.stop.clone();
        if self.worker.ledger.is_empty() {
            self.patience = None;
        } else if self.patience.is_none() {
            self.patience = Some(clock.sleep(SETTLE_AFTER));
        }
        let settles = self.patience.is_some() && self.turning.is_none();
        tokio::select! {
            biased;
            out = committed(&mut self.turning), if self.turning.is_some() => {
                let out = out?;
                if let Some(turn) = self.turning.take() {
                    self.turned(turn, out);
                }
            }
            Some(landing) = self.flights.next() => self.landed(landing),
            () = stop.begun(), if up.is_none() => {}
            () = async { clock.sleep(up.map_or(Duration::MAX, |at| at.since(now))).await }, if up.is_some() => {
                return Ok(false);
            }
            // `check_orders` reads it next.
            _ = self.worker.control.changed(), if self.leaving.is_none() => self.news = true,
            () = over(&mut self.patience), if settles => self.begin(None),
        }
        Ok(true)
    }

    fn landed(&mut self, landing: Landing) {
        let now = self.worker.shared.clock.now();
        let entropy = Arc::clone(&self.worker.shared.entropy);
        let ledger = &mut self.worker.ledger;
        let course = match landing {
            Landing::Sent(row, result) => {
                self.aloft.remove(&row.delivery);
                ledger.sent(&row, result, now, entropy.as_ref())
            }
            Landing::Looked(row, result) => {
                self.aloft.remove(&row.delivery);
                ledger.looked(&row, result, now, entropy.as_ref())
            }
            Landing::Asked(ask, result, owed) => {
                self.asking = self.asking.saturating_sub(1);
                self.worker.pacer.owe_resolves(owed, now);
                ledger.asked(ask, result, now, entropy.as_ref())
            }
        };
        if course == Course::Stay {
            self.hold_back(now);
        }
        self.follow(course);
    }

    fn follow(&mut self, course: Course) {
        match course {
            Course::Stay => {}
            Course::Reopen(failure) => {
                if self.leaving.is_none() {
                    self.worker.disconnected(&failure);
                    self.leaving = Some(Exit::Reopen);
                }
            }
            Course::StopAccount => self.leaving = Some(Exit::Over),
            Course::StopAll(failure) => {
                self.worker.shared.board.fatal(failure);
                self.leaving = Some(Exit::Over);
            }
        }
    }

    /// After an imposed wait nothing more is handed over until it has passed.
    fn hold_back(&mut self, now: Timestamp) {
        use tg_core::failure::{Method, WaitScope};
        let until = |scopes: &[WaitScope]| {
            let waits = &self.worker.ledger.waits;
            let matching = waits.iter().filter(|w| scopes.contains(&w.scope));
            matching.map(|w| w.until).max().filter(|at| *at > now)
        };
        let sends = until(&[WaitScope::Account, WaitScope::Method(Method::Send)]);
        let resolves = until(&[WaitScope::Account, WaitScope::Method(Method::Resolve)]);
        if let Some(until) = sends {
            self.release_all(Some(until));
        } else if resolves.is_some() {
            self.asks.clear();
        }
    }

    fn release_all(&mut self, due_at: Option<Timestamp>) {
        for row in std::mem::take(&mut self.ready) {
            self.release(&row, due_at);
        }
        // Nothing was committed for an address that was not asked for.
        self.asks.clear();
    }

    fn release(&mut self, row: &Ready, due_at: Option<Timestamp>) {
        if row.paced {
            self.worker.pacer.return_sends(1, false);
        }
        let now = self.worker.shared.clock.now();
        self.worker.ledger.release(row, Some(due_at.unwrap_or(now)));
    }

    /// Ends what still flies: the connection is torn down, so that nothing is under way any more,
    /// and every call without an answer counts as possibly carried out.
    async fn ground(&mut self) {
        let messenger = Arc::clone(&self.messenger);
        messenger.close().await;
        self.flights.clear();
        let now = self.worker.shared.clock.now();
        let entropy = Arc::clone(&self.worker.shared.entropy);
        let lost = || {
            Failure::new(
                FailureClass::Ambiguous,
                "connection_closed",
                "the connection was closed before Telegram answered",
            )
        };
        for (_, row) in std::mem::take(&mut self.aloft) {
            match row.task {
                Task::Send => {
                    self.worker.ledger.sent(&row, Err(lost()), now, entropy.as_ref());
                }
                Task::Look { .. } => {
                    self.worker.ledger.looked(&row, Err(lost()), now, entropy.as_ref());
                }
            }
        }
        self.release_all(None);
    }
}

/// Waits for something to be over.
async fn over(patience: &mut Option<BoxFuture<'static, ()>>) {
    match patience {
        Some(patience) => patience.await,
        None => std::future::pending().await,
    }
}

/// Waits for a turn that is under way.
async fn committed(turning: &mut Option<UnderWay>) -> Result<TurnOutput, StoreError> {
    match turning {
        Some(turn) => turn.committed().await,
        None => std::future::pending().await,
    }
}
