//! What people write to an account: what it missed is stored before it sends anything, what comes
//! while it is connected as soon as it comes. A "no" is stored in the transaction of the message
//! that says it, and every claim after that transaction sees it.

use crate::confirm::Confirmation;
use crate::events::{AccountNews, EventKind};
use crate::heard::{Chunk, introduce};
use crate::replies::Replies;
use crate::serve::{Exit, Service};
use crate::shutdown::Shutdown;
use crate::worker::{Shared, Worker};
use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass, Refusal};
use tg_core::ids::{AccountId, Slug};
use tg_core::inbox::{HeardUser, News};
use tg_core::ports::{Messenger, StoreError, UpdatePoint};
use tg_core::retry::RetryPolicy;
use tg_core::time::Timestamp;
use tokio::sync::Notify;

/// Messages of one transaction: other writers get their turn in between.
const CHUNK: usize = 500;
/// Old messages that are forgotten at once, and how often there is a look at them.
const FORGET: usize = 1_000;
const FORGET_EVERY: Duration = Duration::from_secs(3_600);
/// A point whose date alone moved is not worth a commit for as long as this, in seconds.
const STALE: i32 = 24 * 60 * 60;

/// How a connection was used.
pub(crate) enum Served {
    /// It was served until that.
    Until(Exit),
    /// It was not: what was missed could not be heard.
    Refused(Failure),
}

/// What a listener met that ends its connection: told to the one who serves it.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    failure: Mutex<Option<Failure>>,
    rung: Notify,
}

impl Trouble {
    /// Tells whoever serves the connection.
    pub(crate) fn tell(&self, failure: Failure) {
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
        self.rung.notify_one();
    }

    /// What was met, once.
    pub(crate) fn take(&self) -> Option<Failure> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Waits for something to be met.
    pub(crate) async fn met(&self) {
        self.rung.notified().await;
    }
}

/// Hears what was missed, then serves the connection and listens meanwhile. The connection is closed
/// when this returns.
pub(crate) async fn serve(
    worker: &mut Worker,
    messenger: Arc<dyn Messenger>,
) -> Result<Served, StoreError> {
    let listener = Listener {
        shared: Arc::clone(&worker.shared),
        account: worker.account.id,
        name: worker.account.name.clone(),
        messenger: Arc::clone(&messenger),
        kept: Mutex::default(),
    };
    let caught_up = tokio::select! {
        biased;
        () = worker.shared.stop.begun() => None,
        caught_up = listener.catch_up() => Some(caught_up),
    };
    let point = match caught_up {
        Some(Ok(Ok(point))) => point,
        other => {
            messenger.close().await;
            worker.shared.board.set_connected(worker.account.id, false, None);
            return match other {
                None => Ok(Served::Until(Exit::Over)),
                Some(Err(error)) => Err(error),
                Some(Ok(Err(failure))) => {
                    worker.disconnected(&failure);
                    Ok(Served::Refused(failure))
                }
                Some(Ok(Ok(_))) => Ok(Served::Until(Exit::Reopen)),
            };
        }
    };
    let exit = beside(worker, messenger, &listener, point).await?;
    listener.note().await?;
    Ok(Served::Until(exit))
}

/// Serves the connection, listens, and sends answers, until the connection is of no more use.
async fn beside(
    worker: &mut Worker,
    messenger: Arc<dyn Messenger>,
    listener: &Listener,
    point: UpdatePoint,
) -> Result<Exit, StoreError> {
    let trouble = Arc::clone(&worker.trouble);
    // What an earlier connection met is past.
    trouble.take();
    let leave = Shutdown::new();
    let replies = Replies {
        shared: Arc::clone(&worker.shared),
        account: worker.account.clone(),
        messenger: Arc::clone(&messenger),
        control: worker.control.clone(),
        trouble: Arc::clone(&trouble),
        leave: leave.clone(),
        attempts: BTreeMap::new(),
    };
    let mut service = pin!(Service::new(worker, messenger).run());
    let mut listening = pin!(listener.listen(point));
    let mut replying = pin!(replies.run());
    let (mut listens, mut replies) = (true, true);
    let mut result = Ok(());
    let exit = loop {
        let met = tokio::select! {
            biased;
            exit = &mut service => break exit,
            met = &mut listening, if listens => {
                listens = false;
                met.map(Some)
            }
            ended = &mut replying, if replies => {
                replies = false;
                ended.map(|()| None)
            }
        };
        match met {
            Ok(None) => {}
            Ok(Some(failure)) => trouble.tell(failure),
            Err(error) => {
                trouble.tell(Failure::ambiguous("store", "the database failed"));
                result = Err(error);
            }
        }
    };
    // The connection is closed: what an answer was on its way for ends without one, and is settled.
    leave.begin();
    if replies {
        result = result.and(replying.await);
    }
    result.and(exit)
}

/// One account's listener on one connection.
struct Listener {
    shared: Arc<Shared>,
    account: AccountId,
    name: Slug,
    messenger: Arc<dyn Messenger>,
    /// Up to here everything that was told is stored.
    kept: Mutex<Option<UpdatePoint>>,
}

impl Listener {
    /// Stores what was missed; how far that reaches.
    async fn catch_up(&self) -> Result<Result<UpdatePoint, Failure>, StoreError> {
        let account = self.account;
        let hearing = self.shared.store.read(move |unit| unit.hearing(account)).await?;
        let mut point = hearing.map(|hearing| hearing.point);
        let acquainted = hearing.is_some_and(|hearing| hearing.acquainted);
        loop {
            let news = match self.messenger.hear(point).await {
                Ok(news) => news,
                Err(failure) => return Ok(Err(failure)),
            };
            let (there, caught_up) = (news.point, news.caught_up);
            self.keep(point, news).await?;
            point = Some(there);
            if caught_up {
                if !acquainted {
                    self.acquaint().await?;
                }
                return Ok(Ok(there));
            }
        }
    }

    /// Asks an account once whom it knows, so that campaigns prefer it for them and need not ask.
    /// That it cannot be asked now holds nothing up: the next connection asks again.
    async fn acquaint(&self) -> Result<(), StoreError> {
        let known = match self.messenger.acquaintances().await {
            Ok(known) => known,
            Err(failure) => {
                tracing::info!(account = %self.name, %failure, "an account's chats could not be read");
                return Ok(());
            }
        };
        let account = self.account;
        for chunk in known.chunks(CHUNK).map(<[HeardUser]>::to_vec) {
            self.shared.store.write(move |unit| introduce(unit, account, &chunk)).await?;
        }
        self.shared.store.write(move |unit| unit.set_acquainted(account)).await
    }

    /// Listens until something ends the connection. A link that breaks is made again.
    async fn listen(&self, mut point: UpdatePoint) -> Result<Failure, StoreError> {
        let mut failures = 0u32;
        loop {
            match self.messenger.hear(Some(point)).await {
                Ok(news) => {
                    if failures > 0 {
                        failures = 0;
                        self.shared.board.set_connected(self.account, true, None);
                        self.news(AccountNews::Connected);
                    }
                    let there = news.point;
                    self.keep(Some(point), news).await?;
                    point = there;
                }
                // Whoever closed it is about to leave.
                Err(failure) if failure.reason == "closed" => std::future::pending().await,
                Err(failure) if is_final(&failure) => return Ok(failure),
                Err(failure) => {
                    self.shared.board.set_connected(self.account, false, Some(&failure));
                    let backoff =
                        RetryPolicy::RECONNECT.delay(failures, self.shared.entropy.as_ref());
                    failures = failures.saturating_add(1);
                    let delay = backoff.max(imposed(&failure));
                    self.news(AccountNews::Disconnected {
                        reason: failure.reason,
                        text: failure.text,
                    });
                    self.shared.clock.sleep(delay).await;
                }
            }
        }
    }

    fn news(&self, what: AccountNews) {
        self.shared.emit(EventKind::Account { name: self.name.clone(), what });
    }

    /// Notes at the end of a connection how far its own sending has moved the account, so that the
    /// next one need not hear of it.
    async fn note(&self) -> Result<(), StoreError> {
        let kept = *self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(kept) = kept else { return Ok(()) };
        let Some(there) = self.messenger.reached(kept).await else { return Ok(()) };
        let account = self.account;
        self.shared.store.write(move |unit| unit.set_update_point(account, there)).await
    }

    fn has_kept(&self, point: UpdatePoint) {
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(point);
    }

    /// Stores what was heard and how far that reaches, then tells. A long absence takes several
    /// transactions, of which the last moves the point: a crash in between hears some of it again.
    async fn keep(&self, before: Option<UpdatePoint>, news: News) -> Result<(), StoreError> {
        if news.is_quiet() && before.is_some_and(|before| is_same(before, news.point)) {
            self.has_kept(news.point);
            return Ok(());
        }
        let News { mut messages, users, point, gap, .. } = news;
        let users = Arc::new(users);
        let mut first = true;
        loop {
            let rest = messages.split_off(messages.len().min(CHUNK));
            let chunk = Chunk {
                account: self.account,
                name: self.name.clone(),
                messages: std::mem::replace(&mut messages, rest),
                users: Arc::clone(&users),
                first: std::mem::take(&mut first),
                point: messages.is_empty().then_some(point),
                words: Arc::clone(&self.shared.hear.words),
                confirmation: Confirmation::of(&self.shared),
                now: self.shared.clock.now(),
            };
            let last = chunk.point.is_some();
            let heard = self.shared.store.write(move |unit| chunk.write(unit)).await?;
            for kind in heard {
                self.shared.emit(kind);
            }
            if last {
                self.has_kept(point);
                break;
            }
        }
        if let Some(gap) = gap {
            self.shared.emit(EventKind::Gap { account: self.name.clone(), filled: gap.filled });
        }
        Ok(())
    }
}

/// Whether a listener has nothing to try again: the account or the installation is refused, or the
/// connection has ended for good.
fn is_final(failure: &Failure) -> bool {
    matches!(failure.class, FailureClass::Refused(Refusal::Account(_) | Refusal::Config))
        || failure.reason == "connection_gone"
}

fn is_same(before: UpdatePoint, now: UpdatePoint) -> bool {
    let date = before.date;
    now.date.saturating_sub(date) < STALE && before == UpdatePoint { date, ..now }
}

/// Forgets a bounded number of old messages, if it is time; when it is time again.
pub(crate) async fn forget(shared: &Shared, at: Timestamp) -> Result<Timestamp, StoreError> {
    let now = shared.clock.now();
    if now < at {
        return Ok(at);
    }
    let before = now - shared.hear.keep;
    let gone = shared.store.write(move |unit| unit.prune_messages(before, FORGET)).await?;
    let full = usize::try_from(gone).unwrap_or(FORGET) >= FORGET;
    Ok(if full { now } else { now + FORGET_EVERY })
}

/// How long Telegram asked to wait.
pub(crate) fn imposed(failure: &Failure) -> Duration {
    match failure.class {
        FailureClass::Wait { delay, .. } => delay,
        _ => Duration::ZERO,
    }
}
