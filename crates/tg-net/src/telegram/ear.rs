//! Where pushed updates wait for whoever hears, and how far that one has come.

use super::pushed::{self, Pushed, Steps};
use grammers_client::session::updates::UpdatesLike;
use grammers_client::tl::enums::{Update, Updates};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tg_core::inbox::News;
use tg_core::ports::UpdatePoint;
use tokio::sync::{MutexGuard, Notify, mpsc};

/// Updates that wait for the hearer. More than that, and the difference is asked for instead.
const MOST: usize = 256;

/// One connection's updates.
#[derive(Default)]
pub(crate) struct Ear {
    queue: Mutex<VecDeque<Pushed>>,
    arrived: Notify,
    /// Somebody accepted the token that this connection shows.
    login_token: Notify,
    /// Nobody hears before the first call: what comes until then is in the difference.
    listening: AtomicBool,
    heard: tokio::sync::Mutex<Heard>,
}

impl Ear {
    /// Takes what grammers hands out, until the pool and all its senders are gone. grammers drops
    /// updates when nobody empties its channel, so this never waits for anything else.
    pub(crate) async fn drain(self: Arc<Self>, mut updates: mpsc::Receiver<UpdatesLike>) {
        while let Some(update) = updates.recv().await {
            if is_login_token(&update) {
                self.login_token.notify_one();
            }
            if let Some(pushed) = pushed::read(update) {
                self.put(pushed);
            }
        }
        self.put(Pushed::Closed);
    }

    fn put(&self, pushed: Pushed) {
        if !self.listening.load(Ordering::SeqCst) {
            return;
        }
        {
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            if queue.len() >= MOST {
                queue.clear();
                queue.push_back(Pushed::Look);
            }
            queue.push_back(pushed);
        }
        self.arrived.notify_one();
    }

    /// Returns when Telegram says that a login token was accepted, now or since the last call.
    pub(crate) async fn login_token(&self) {
        self.login_token.notified().await;
    }

    /// Begins to keep what comes; one hearer at a time.
    pub(crate) async fn hearer(&self) -> MutexGuard<'_, Heard> {
        self.listening.store(true, Ordering::SeqCst);
        self.heard.lock().await
    }

    /// How far the account has come since `after`, which the hearer told last, through nothing but
    /// silent steps: those that were heard, and those that wait.
    pub(crate) async fn reached(&self, after: UpdatePoint) -> Option<UpdatePoint> {
        let mut heard = self.heard.lock().await;
        if heard.told != Some(after) {
            return None;
        }
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(Pushed::Steps(next)) = queue.pop_front() {
            if next.steps.iter().any(|step| step.message.is_some()) {
                break;
            }
            heard.take(next);
        }
        // What comes next was not heard: whoever hears again asks for the difference.
        heard.synced = false;
        queue.clear();
        Some(heard.at).filter(|at| *at != after)
    }

    /// The next update. Dropping the future loses none.
    pub(crate) async fn next(&self) -> Pushed {
        loop {
            let first = self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            match first {
                Some(pushed) => return pushed,
                None => self.arrived.notified().await,
            }
        }
    }
}

/// core.telegram.org/constructor/updateLoginToken
fn is_login_token(update: &UpdatesLike) -> bool {
    match update {
        UpdatesLike::Updates(Updates::UpdateShort(short)) => short.update == Update::LoginToken,
        UpdatesLike::Updates(Updates::Updates(all)) => all.updates.contains(&Update::LoginToken),
        _ => false,
    }
}

/// How far the hearer of a connection has come.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Everything up to here was seen.
    pub(crate) at: UpdatePoint,
    /// Up to here the caller was told.
    pub(crate) told: Option<UpdatePoint>,
    /// Nothing is known to be missing: what comes next continues `at`.
    pub(crate) synced: bool,
    /// Steps of our own sending are missing, and nothing else: no hurry.
    pub(crate) behind: bool,
    /// Signs of life of the connection when it was last looked at.
    pub(crate) signs: u64,
}

impl Heard {
    /// Begins again after `point`, which the caller has.
    pub(crate) fn begin(&mut self, told: Option<UpdatePoint>, point: UpdatePoint) {
        *self = Self { at: point, told, signs: self.signs, ..Self::default() };
    }

    /// The caller is told of `news`.
    pub(crate) fn tell(&mut self, news: News) -> News {
        self.at = news.point;
        self.told = Some(news.point);
        self.synced = news.caught_up;
        self.behind = false;
        news
    }

    /// Takes steps that continue what was heard; `None` if they bring nothing to be told. A gap
    /// leaves it out of sync.
    pub(crate) fn take(&mut self, pushed: Steps) -> Option<News> {
        let urgent = pushed.steps.iter().any(|s| s.message.as_ref().is_some_and(|m| !m.outgoing));
        let before = self.at;
        let mut messages = Vec::new();
        for step in pushed.steps {
            if step.pts <= self.at.pts {
                continue;
            }
            if step.pts != self.at.pts.saturating_add(step.count) {
                // While this account sends a lot, its own steps may be missing without anybody
                // having said anything.
                self.behind = true;
                self.synced = !urgent;
                continue;
            }
            self.at.pts = step.pts;
            messages.extend(step.message);
        }
        if self.behind {
            // The difference tells, also what was taken just now.
            self.at = if messages.is_empty() { self.at } else { before };
            self.synced &= !urgent;
            return None;
        }
        if messages.is_empty() {
            return None;
        }
        let users = pushed.users;
        Some(News { messages, users, point: self.at, caught_up: true, gap: None })
    }
}

#[cfg(test)]
mod tests {
    use super::super::pushed::Step;
    use super::*;
    use tg_core::ids::{MessageId, UserId};
    use tg_core::inbox::HeardMessage;
    use tg_core::time::Timestamp;

    fn step(pts: i32, says: Option<&str>) -> Steps {
        let message = says.map(|text| HeardMessage {
            user: UserId(5),
            message_id: MessageId(pts),
            at: Timestamp(0),
            text: text.to_owned(),
            outgoing: false,
            reply_to: None,
        });
        Steps { steps: vec![Step { pts, count: 1, message }], users: Vec::new() }
    }

    fn hearing(pts: i32) -> Heard {
        let mut heard = Heard::default();
        let point = UpdatePoint { pts, ..UpdatePoint::default() };
        heard.tell(News { point, caught_up: true, ..News::default() });
        heard
    }

    #[test]
    fn what_continues_is_told_and_what_was_heard_is_not() {
        let mut heard = hearing(10);
        assert_eq!(heard.take(step(11, None)), None);
        let news = heard.take(step(12, Some("hello"))).expect("a message");
        assert_eq!((news.point.pts, news.messages.len()), (12, 1));
        assert_eq!(heard.take(step(12, Some("hello"))), None);
        assert!(heard.synced);
    }

    #[test]
    fn a_message_behind_a_gap_is_asked_for_at_once() {
        let mut heard = hearing(10);
        assert_eq!(heard.take(step(12, Some("hello"))), None);
        assert!(!heard.synced);
        assert_eq!(heard.at.pts, 10, "the difference begins before the gap");
    }

    #[test]
    fn own_steps_behind_a_gap_can_wait_until_somebody_speaks() {
        let mut heard = hearing(10);
        assert_eq!(heard.take(step(15, None)), None);
        assert!(heard.synced && heard.behind);
        assert_eq!(heard.take(step(16, Some("STOP"))), None);
        assert!(!heard.synced);
    }

    #[tokio::test]
    async fn own_steps_need_not_be_heard_again_and_words_do() {
        let ear = Ear::default();
        let start = UpdatePoint { pts: 10, ..UpdatePoint::default() };
        *ear.hearer().await = hearing(10);
        for (pts, says) in [(11, None), (12, None), (13, Some("STOP")), (14, None)] {
            ear.put(Pushed::Steps(step(pts, says)));
        }
        let other = UpdatePoint { pts: 9, ..start };
        assert_eq!(ear.reached(other).await, None, "more was told than the caller has stored");
        assert_eq!(ear.reached(start).await, Some(UpdatePoint { pts: 12, ..start }));
        assert!(!ear.hearer().await.synced);
    }

    #[tokio::test]
    async fn nothing_behind_a_gap_counts_as_heard() {
        let ear = Ear::default();
        let start = UpdatePoint { pts: 10, ..UpdatePoint::default() };
        *ear.hearer().await = hearing(10);
        for pts in [11, 13, 14] {
            ear.put(Pushed::Steps(step(pts, None)));
        }
        assert_eq!(ear.reached(start).await, Some(UpdatePoint { pts: 11, ..start }));
    }

    #[tokio::test]
    async fn a_full_queue_asks_for_the_difference() {
        let ear = Ear::default();
        drop(ear.hearer().await);
        for pts in 0..1_000 {
            ear.put(Pushed::Steps(step(pts, None)));
        }
        assert_eq!(ear.next().await, Pushed::Look);
        assert!(ear.queue.lock().is_ok_and(|queue| queue.len() <= MOST));
    }
}
