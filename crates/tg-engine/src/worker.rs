//! One account's task: waits for work, connects, and serves until it has to stop.

use crate::board::{Board, Doing};
use crate::control::Control;
use crate::events::{AccountNews, EventKind, EventSink, RunEvent};
use crate::hear::{self, Served, Trouble};
use crate::hear_options::HearOptions;
use crate::replies;
use crate::serve::Exit;
use crate::settle::{Course, Ledger};
use crate::shutdown::Shutdown;
use crate::steps::{Step, reach};
use crate::turn::Wants;
use std::sync::Arc;
use std::time::Duration;
use tg_core::account::Account;
use tg_core::campaign::Pace;
use tg_core::failure::Failure;
use tg_core::ids::{CampaignId, Epoch, ProxyId};
use tg_core::pace::{AccountPacer, Limits};
use tg_core::ports::{Clock, Connector, Entropy, IdKey, Messenger, Store, StoreError};
use tg_core::retry::RetryPolicy;
use tg_core::time::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// What all tasks of a run share.
pub(crate) struct Shared {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) connector: Arc<dyn Connector>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) id_key: Arc<dyn IdKey>,
    pub(crate) events: Arc<dyn EventSink>,
    pub(crate) epoch: Epoch,
    pub(crate) board: Board,
    /// Stops the tasks: by a person, or because nothing is left to do.
    pub(crate) stop: Shutdown,
    pub(crate) grace: Duration,
    /// Calls of one account that may be on their way at once.
    pub(crate) depth: usize,
    /// Silence between an old way out and a new one.
    pub(crate) exit_pause: Duration,
    /// The run ends when nothing is due: accounts listen once, then rest.
    pub(crate) until_idle: bool,
    pub(crate) hear: HearOptions,
    /// Places for accounts that are connected only to hear.
    pub(crate) seats: Arc<Semaphore>,
    /// An alert that is raised again within this time is only counted.
    pub(crate) alert_quiet: Duration,
}

impl Shared {
    pub(crate) fn emit(&self, kind: EventKind) {
        self.events.emit(RunEvent { at: self.clock.now(), kind });
    }
}

/// One account's task.
pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) account: Account,
    pub(crate) control: watch::Receiver<Arc<Control>>,
    pub(crate) pacer: AccountPacer,
    pub(crate) ledger: Ledger,
    /// The proxy that the connection was opened through; `None`: directly.
    via: Option<ProxyId>,
    /// No connection before, because of another way out.
    silent_until: Option<Timestamp>,
    /// The last turn found only rows that have to be asked about first, and the pace granted no
    /// question.
    pub(crate) starved: bool,
    /// When its next row falls due, as the store said when it was asked last.
    pub(crate) known_due: Option<Timestamp>,
    /// It listened in this run, or tried to.
    heard: bool,
    /// Its place among those that are connected only to hear.
    seat: Option<OwnedSemaphorePermit>,
    /// What its listener met.
    pub(crate) trouble: Arc<Trouble>,
}

impl Worker {
    pub(crate) async fn new(
        shared: Arc<Shared>,
        account: Account,
        control: watch::Receiver<Arc<Control>>,
    ) -> Result<Self, StoreError> {
        let now = shared.clock.now();
        let limits = if account.is_bot { Limits::BOT } else { Limits::USER };
        let mut pacer = AccountPacer::new(limits, now);
        let id = account.id;
        let waits = shared.store.read(move |unit| unit.waits(id, now)).await?;
        for wait in waits {
            pacer.remember(wait.scope, wait.until);
        }
        let ledger = Ledger::new(account.id, account.state.clone());
        Ok(Self {
            shared,
            account,
            control,
            pacer,
            ledger,
            via: None,
            silent_until: None,
            starved: false,
            known_due: None,
            heard: false,
            seat: None,
            trouble: Arc::default(),
        })
    }

    /// Runs until the account stops or the run does.
    pub(crate) async fn run(mut self) -> Result<(), StoreError> {
        let mut failures = 0u32;
        while !self.is_over() {
            let now = self.shared.clock.now();
            let due = self.next_work().await?;
            let idle = due.is_none_or(|at| at > now);
            let silent = self.exit_from().filter(|at| *at > now);
            if idle && (silent.is_some() || !self.wants_to_hear()) {
                // A run that ends by itself does not wait for a silence that nothing is due in.
                let silent = silent.filter(|_| !self.shared.until_idle);
                self.rest(due.into_iter().chain(silent).min()).await;
                continue;
            }
            // Who is connected only to hear keeps nobody from being idle.
            let rests = idle && !self.shared.until_idle;
            let doing = if rests { Doing::Resting(due) } else { Doing::Busy };
            self.shared.board.set(self.account.id, doing);
            let served = match self.connect().await {
                Some(Ok(messenger)) => hear::serve(&mut self, messenger).await?,
                Some(Err(failure)) => Served::Refused(failure),
                None => break,
            };
            self.heard |= idle || matches!(served, Served::Until(_));
            match served {
                Served::Until(Exit::Over) => break,
                Served::Until(Exit::Idle) => failures = 0,
                Served::Until(Exit::Moved) => {
                    failures = 0;
                    self.fall_silent().await?;
                }
                Served::Until(Exit::Reopen) => {
                    failures = 0;
                    self.pause(RetryPolicy::RECONNECT.initial).await;
                }
                Served::Refused(failure) => {
                    let wait = hear::imposed(&failure);
                    if self.refused(failure).await? {
                        break;
                    }
                    let delay =
                        RetryPolicy::RECONNECT.delay(failures, self.shared.entropy.as_ref());
                    failures = failures.saturating_add(1);
                    self.pause(delay.max(wait)).await;
                }
            }
        }
        self.shared.board.set(self.account.id, Doing::Gone);
        Ok(())
    }

    /// Whether it connects although it has nothing to send: once in a run that ends by itself, all
    /// the time in one that does not, if there is a place.
    fn wants_to_hear(&mut self) -> bool {
        if self.shared.until_idle { !self.heard } else { self.stays() }
    }

    /// Whether its connection is kept although it has nothing to send.
    pub(crate) fn stays(&mut self) -> bool {
        if self.shared.until_idle {
            return false;
        }
        if self.seat.is_none() {
            self.seat = Arc::clone(&self.shared.seats).try_acquire_owned().ok();
        }
        self.seat.is_some()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.shared.stop.is_begun() || !self.control.borrow().may_run(self.account.id)
    }

    /// Whether a person gave the account another way out than the connection was opened on.
    pub(crate) fn has_moved(&self) -> bool {
        self.control.borrow().exit(self.account.id).proxy_id() != self.via
    }

    /// The last byte on the old way has left: from now on the pause counts, and it outlives the run.
    async fn fall_silent(&mut self) -> Result<(), StoreError> {
        let (id, until) = (self.account.id, self.shared.clock.now() + self.shared.exit_pause);
        self.silent_until = Some(until);
        self.shared.store.write(move |unit| unit.delay_exit(id, until)).await
    }

    /// Opens the connection; `None` if the run stops meanwhile.
    async fn connect(&mut self) -> Option<Result<Arc<dyn Messenger>, Failure>> {
        reach(Step::BeforeConnect);
        self.via = self.control.borrow().exit(self.account.id).proxy_id();
        let result = tokio::select! {
            biased;
            () = self.shared.stop.begun() => return None,
            result = self.shared.connector.connect(self.account.id) => result,
        };
        let board = &self.shared.board;
        match &result {
            Ok(_) => {
                reach(Step::Connected);
                board.set_connected(self.account.id, true, None);
                self.news(AccountNews::Connected);
            }
            Err(failure) => self.disconnected(failure),
        }
        Some(result)
    }

    pub(crate) fn disconnected(&self, failure: &Failure) {
        let board = &self.shared.board;
        board.set_connected(self.account.id, false, Some(failure));
        self.news(AccountNews::Disconnected {
            reason: failure.reason.clone(),
            text: failure.text.clone(),
        });
    }

    /// Handles a connection that was refused; says whether the task ends.
    async fn refused(&mut self, failure: Failure) -> Result<bool, StoreError> {
        let (now, quiet) = (self.shared.clock.now(), self.shared.alert_quiet);
        if let Some(alert) = crate::alerts::cut_off(&self.account.name, &failure) {
            self.shared.store.write(move |unit| unit.raise_alert(&alert, quiet, now)).await?;
        }
        let course = self.ledger.course(failure, None, now);
        self.turn(None).await?;
        if let Course::StopAll(failure) = &course {
            self.shared.board.fatal(failure.clone());
        }
        Ok(matches!(course, Course::StopAccount | Course::StopAll(_)))
    }

    pub(crate) fn news(&self, what: AccountNews) {
        self.shared.emit(EventKind::Account { name: self.account.name.clone(), what });
    }

    /// When this account can do something next; `None` if it has nothing.
    pub(crate) async fn next_work(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let id = self.account.id;
        let due = self.shared.store.read(move |unit| unit.next_due(id)).await?;
        self.known_due = due;
        let now = self.shared.clock.now();
        let unlimited = self.unlimited();
        let mut ready = self.pacer.sends_at(unlimited, now).max(self.exit_from().unwrap_or(now));
        if self.starved {
            ready = ready.max(self.pacer.resolves_at(unlimited, now));
        }
        let due = due.map(|at| at.max(ready));
        let answer = replies::next_due(&self.shared, &self.control, id).await?;
        let answer = answer.map(|at| at.max(self.exit_from().unwrap_or(at)));
        Ok(due.into_iter().chain(answer).min())
    }

    /// When the account's way out may be used, if not now.
    fn exit_from(&self) -> Option<Timestamp> {
        self.control.borrow().exit(self.account.id).not_before.max(self.silent_until)
    }

    /// Running campaigns that use this account.
    pub(crate) fn running(&self) -> Vec<CampaignId> {
        let running = self.control.borrow().running_for(self.account.id);
        running.iter().map(|live| live.campaign.id).collect()
    }

    fn unlimited(&self) -> bool {
        let running = self.control.borrow().running_for(self.account.id);
        running.iter().any(|l| l.campaign.pace == Pace::Unlimited)
    }

    /// Waits until `due`, or until something changes that concerns it.
    pub(crate) async fn rest(&mut self, due: Option<Timestamp>) {
        self.shared.board.set(self.account.id, Doing::Resting(due));
        let now = self.shared.clock.now();
        let span = due.map_or(Duration::MAX, |at| at.since(now));
        let before = self.running();
        self.sleep(span, true).await;
        // The pace may grant a question now, or another campaign has rows that need none.
        if due.is_none_or(|at| at <= self.shared.clock.now()) || self.running() != before {
            self.starved = false;
        }
    }

    /// Waits before the next attempt to connect.
    async fn pause(&mut self, span: Duration) {
        self.sleep(span, false).await;
    }

    /// What this account may claim now; permits are taken from the pace.
    pub(crate) fn wants(&mut self, cap: u32) -> Wants {
        let now = self.shared.clock.now();
        let campaigns = self.control.borrow().running_for(self.account.id);
        let any = |pace: Pace| campaigns.iter().any(|l| l.campaign.pace == pace);
        let (paced, free) = (any(Pace::Standard), any(Pace::Unlimited));
        let grant = |wanted: bool| if wanted { cap } else { 0 };
        let paced_sends = self.pacer.grant_sends(grant(paced), false, now);
        let paced_resolves = self.pacer.grant_resolves(grant(paced), false, now);
        Wants {
            paced_sends,
            paced_resolves,
            free_sends: self.pacer.grant_sends(grant(free), true, now),
            free_resolves: self.pacer.grant_resolves(grant(free), true, now),
            repeats: self.pacer.sends_at(true, now) <= now,
            campaigns,
        }
    }
}
