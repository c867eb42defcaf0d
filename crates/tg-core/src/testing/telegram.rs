//! A Telegram in memory for engine tests: remembers random ids like the real one, and goes wrong by
//! a seed. It never sleeps by itself; latency is the test clock's.

use super::SeededEntropy;
use crate::delivery::Body;
use crate::failure::{Failure, FailureClass, Method, Refusal, WaitScope};
use crate::ids::{AccessHash, AccountId, MessageId, RandomId, UserId};
use crate::inbox::{HeardMessage, HeardUser, News};
use crate::peer::{Address, Peer};
use crate::ports::{
    BoxFuture, Clock, Connector, HistoryMessage, HistoryPage, Messenger, Receipt, Resolved,
    Transmission, UpdatePoint,
};
use crate::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

/// How often what goes wrong, in parts of a thousand sends.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mishaps {
    /// Not carried out, no answer.
    pub lost_before: u64,
    /// Carried out, no answer.
    pub lost_after: u64,
    /// Not carried out, told to wait.
    pub flood: u64,
    /// Refused for the recipient.
    pub refused: u64,
}

/// What the next sends meet, whatever the seed says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextSend {
    /// Not carried out, no answer.
    LostBefore,
    /// Refused for the recipient.
    Refused,
}

/// A message that was delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// By whom.
    pub account: AccountId,
    /// To whom.
    pub user: UserId,
    /// What it became.
    pub message: MessageId,
    /// Under which id.
    pub random_id: RandomId,
    /// What it says.
    pub body: Body,
    /// When.
    pub at: Timestamp,
}

#[derive(Default)]
struct Inner {
    users: BTreeMap<String, UserId>,
    journal: Vec<Delivered>,
    seen: BTreeMap<(AccountId, UserId, RandomId), MessageId>,
    sends: u64,
    script: VecDeque<NextSend>,
    /// What was said to each account: the number of a message's update is its place, from 1.
    said: BTreeMap<AccountId, Vec<HeardMessage>>,
    /// Who waits to hear something.
    listening: Vec<Waker>,
}

/// A Telegram in memory. Clones are the same one.
#[derive(Clone)]
pub struct FakeTelegram {
    inner: Arc<Mutex<Inner>>,
    clock: Arc<dyn Clock>,
    chance: Arc<SeededEntropy>,
    mishaps: Mishaps,
    latency: Duration,
}

impl FakeTelegram {
    /// One in which nobody lives yet.
    pub fn new(clock: Arc<dyn Clock>, seed: u64, mishaps: Mishaps) -> Self {
        Self {
            inner: Arc::default(),
            clock,
            chance: Arc::new(SeededEntropy::new(seed)),
            mishaps,
            latency: Duration::from_millis(50),
        }
    }

    /// Somebody who can be found by username.
    pub fn add_user(&self, username: &str, id: UserId) {
        self.lock().users.insert(username.to_ascii_lowercase(), id);
    }

    /// Decides what the next sends meet, one after the other.
    pub fn script(&self, next: impl IntoIterator<Item = NextSend>) {
        self.lock().script.extend(next);
    }

    /// Makes a user write to an account.
    pub fn say(&self, user: UserId, account: AccountId, text: &str) {
        let mut inner = self.lock();
        let said = inner.said.entry(account).or_default();
        // Beyond the ids of what the accounts send, which all come from the journal.
        let number = 1_000_000 + i32::try_from(said.len()).unwrap_or(i32::MAX - 1_000_000);
        said.push(HeardMessage {
            user,
            message_id: MessageId(number),
            at: self.clock.now(),
            text: text.to_owned(),
            outgoing: false,
            reply_to: None,
        });
        let waiting = std::mem::take(&mut inner.listening);
        drop(inner);
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Everything that was delivered, in order.
    #[must_use]
    pub fn journal(&self) -> Vec<Delivered> {
        self.lock().journal.clone()
    }

    /// Calls of "send", answered or not.
    #[must_use]
    pub fn sends(&self) -> u64 {
        self.lock().sends
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connector for FakeTelegram {
    fn connect(&self, account: AccountId) -> BoxFuture<'_, Result<Arc<dyn Messenger>, Failure>> {
        let messenger =
            FakeMessenger { account, telegram: self.clone(), caught_up: AtomicBool::new(false) };
        Box::pin(async move { Ok(Arc::new(messenger) as Arc<dyn Messenger>) })
    }
}

struct FakeMessenger {
    account: AccountId,
    telegram: FakeTelegram,
    /// The first hearing of a connection ends at once, also if nothing was missed.
    caught_up: AtomicBool,
}

impl FakeMessenger {
    fn deliver(&self, part: &Transmission) -> MessageId {
        let telegram = &self.telegram;
        let at = telegram.clock.now();
        let mut inner = telegram.lock();
        let user = part.peer.user_id();
        let key = (self.account, user, part.random_id);
        if let Some(known) = inner.seen.get(&key) {
            return *known;
        }
        let message = MessageId(i32::try_from(inner.journal.len() + 1).unwrap_or(i32::MAX));
        inner.seen.insert(key, message);
        inner.journal.push(Delivered {
            account: self.account,
            user,
            message,
            random_id: part.random_id,
            body: part.body.clone(),
            at,
        });
        message
    }

    fn answer(&self, part: &Transmission) -> Result<Receipt, Failure> {
        let telegram = &self.telegram;
        let next = {
            let mut inner = telegram.lock();
            inner.sends += 1;
            inner.script.pop_front()
        };
        match next {
            Some(NextSend::LostBefore) => return Err(lost()),
            Some(NextSend::Refused) => return Err(refused()),
            None => {}
        }
        let m = telegram.mishaps;
        let mut roll = telegram.chance.next() % 1_000;
        let mut hit = |share: u64| {
            let hit = roll < share;
            roll = roll.saturating_sub(share);
            hit && share > 0
        };
        if hit(m.lost_before) {
            return Err(lost());
        }
        if hit(m.lost_after) {
            self.deliver(part);
            return Err(lost());
        }
        if hit(m.flood) {
            let class = FailureClass::Wait {
                scope: WaitScope::Method(Method::Send),
                delay: Duration::from_secs(3),
            };
            return Err(Failure::new(class, "FLOOD_WAIT", "wait 3 s"));
        }
        if hit(m.refused) {
            return Err(refused());
        }
        Ok(Receipt { message_id: self.deliver(part) })
    }
}

fn lost() -> Failure {
    Failure::ambiguous("lost", "no answer")
}

fn refused() -> Failure {
    let class = FailureClass::Refused(Refusal::Recipient);
    Failure::new(class, "USER_IS_BLOCKED", "they blocked the account")
}

impl Messenger for FakeMessenger {
    fn send<'a>(&'a self, part: &'a Transmission) -> BoxFuture<'a, Result<Receipt, Failure>> {
        Box::pin(async move {
            self.telegram.clock.sleep(self.telegram.latency).await;
            self.answer(part)
        })
    }

    fn resolve<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<Resolved, Failure>> {
        Box::pin(async move {
            self.telegram.clock.sleep(self.telegram.latency).await;
            let found = match address {
                Address::Username(name) => self.telegram.lock().users.get(&name.folded()).copied(),
                Address::Phone(_) => None,
            };
            let id = found.ok_or_else(|| {
                let class = FailureClass::Refused(Refusal::Recipient);
                Failure::new(class, "USERNAME_NOT_OCCUPIED", "nobody has this name")
            })?;
            let hash = AccessHash(id.0 ^ self.account.0);
            Ok(Resolved { peer: Peer::User { id, hash }, is_bot: false })
        })
    }

    fn history(&self, peer: Peer, since: Timestamp) -> BoxFuture<'_, Result<HistoryPage, Failure>> {
        Box::pin(async move {
            let inner = self.telegram.lock();
            let outgoing = inner
                .journal
                .iter()
                .rev()
                .filter(|d| {
                    d.account == self.account
                        && d.user == peer.user_id()
                        && d.at + Duration::from_secs(2) >= since
                })
                .map(|d| HistoryMessage {
                    message_id: d.message,
                    at: d.at,
                    media: d.body.media.first().map(|file| file.kind),
                    body: d.body.clone(),
                })
                .collect();
            Ok(HistoryPage { outgoing, complete: true })
        })
    }

    fn hear(&self, after: Option<UpdatePoint>) -> BoxFuture<'_, Result<News, Failure>> {
        Box::pin(std::future::poll_fn(move |context| {
            let mut inner = self.telegram.lock();
            let said = inner.said.get(&self.account).map_or(&[][..], Vec::as_slice);
            let heard = after.map_or(0, |point| usize::try_from(point.pts).unwrap_or(0));
            let messages = said.get(heard..).unwrap_or_default().to_vec();
            if messages.is_empty() && self.caught_up.swap(true, Ordering::SeqCst) {
                inner.listening.push(context.waker().clone());
                return Poll::Pending;
            }
            let pts = i32::try_from(said.len()).unwrap_or(i32::MAX);
            let point = UpdatePoint { pts, ..UpdatePoint::default() };
            Poll::Ready(Ok(News { messages, point, caught_up: true, ..News::default() }))
        }))
    }

    /// Its own doings do not count.
    fn reached(&self, _after: UpdatePoint) -> BoxFuture<'_, Option<UpdatePoint>> {
        Box::pin(async { None })
    }

    fn acquaintances(&self) -> BoxFuture<'_, Result<Vec<HeardUser>, Failure>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}
