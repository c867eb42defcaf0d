//! Answers that people wrote at the keyboard: claimed, sent and settled like campaigns' messages, on
//! the same connection, beside them. They obey what Telegram imposed, not the campaigns' pace.

use crate::control::Control;
use crate::events::EventKind;
use crate::hear::Trouble;
use crate::settle::verdict;
use crate::shutdown::Shutdown;
use crate::worker::Shared;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tg_core::account::Account;
use tg_core::delivery::{ClaimedPart, DeliveryState, Event, Reason};
use tg_core::failure::{Failure, FailureClass, Method, Refusal, WaitScope};
use tg_core::ids::{AccountId, Epoch, MessageId, RandomId, ReplyId, Slug, UserId};
use tg_core::judge::{self, REPLAY_WINDOW};
use tg_core::peer::Peer;
use tg_core::ports::{
    DueReply, HistoryPage, IdKey, Messenger, Receipt, StoreError, Transmission, Unit, Wait,
};
use tg_core::random_id::IdInput;
use tg_core::retry::RetryPolicy;
use tg_core::time::Timestamp;
use tokio::sync::watch;

/// Rows that are looked at in one transaction.
const LOOKED_AT: usize = 16;

/// One account's answers on one connection.
pub(crate) struct Replies {
    pub(crate) shared: Arc<Shared>,
    pub(crate) account: Account,
    pub(crate) messenger: Arc<dyn Messenger>,
    pub(crate) control: watch::Receiver<Arc<Control>>,
    pub(crate) trouble: Arc<Trouble>,
    /// Begun when nothing more is handed over.
    pub(crate) leave: Shutdown,
    /// Attempts without an answer, for the back-off.
    pub(crate) attempts: BTreeMap<ReplyId, u32>,
}

/// An answer in hand.
#[derive(Clone, Debug)]
struct InHand {
    reply: ReplyId,
    user: UserId,
    peer: Peer,
    part: ClaimedPart,
    /// Look for it in the history from there on, instead of sending it.
    look_since: Option<Timestamp>,
}

/// What one transaction takes and settles.
#[derive(Default)]
struct Taken {
    next: Option<InHand>,
    ended: Vec<(UserId, DeliveryState)>,
}

impl Replies {
    /// Sends what is due until it is told to leave. What is on its way then is settled first.
    pub(crate) async fn run(mut self) -> Result<(), StoreError> {
        while !self.leave.is_begun() {
            match self.take().await? {
                Some(in_hand) => self.carry_out(in_hand).await?,
                None => self.wait().await?,
            }
        }
        Ok(())
    }

    /// Waits for an answer to be written or to fall due.
    async fn wait(&mut self) -> Result<(), StoreError> {
        let due = next_due(&self.shared, &self.control, self.account.id).await?;
        let now = self.shared.clock.now();
        // One that is due now and was not taken waits for the account to be let go on.
        let span = due.map(|at| at.since(now).max(Duration::from_secs(1)));
        let clock = Arc::clone(&self.shared.clock);
        tokio::select! {
            () = self.leave.begun() => {}
            _ = self.control.changed() => {}
            () = async { clock.sleep(span.unwrap_or(Duration::MAX)).await }, if span.is_some() => {}
        }
        Ok(())
    }

    /// Takes the next one that is due into hand.
    async fn take(&self) -> Result<Option<InHand>, StoreError> {
        let now = self.shared.clock.now();
        let due = next_due(&self.shared, &self.control, self.account.id).await?;
        if due.is_none_or(|at| at > now) {
            return Ok(None);
        }
        let taking = Taking {
            epoch: self.shared.epoch,
            account: self.account.id,
            name: self.account.name.clone(),
            id_key: Arc::clone(&self.shared.id_key),
            now,
        };
        let taken = self.shared.store.write(move |unit| taking.take(unit)).await?;
        for (user, state) in &taken.ended {
            self.tell(*user, state);
        }
        Ok(taken.next)
    }

    async fn carry_out(&mut self, in_hand: InHand) -> Result<(), StoreError> {
        match in_hand.look_since {
            None => {
                let part = Transmission {
                    peer: in_hand.peer,
                    random_id: in_hand.part.random_id,
                    album: in_hand.part.album.clone(),
                    body: in_hand.part.body.clone(),
                };
                let result = self.messenger.send(&part).await;
                self.sent(&in_hand, result).await
            }
            Some(since) => {
                let result = self.messenger.history(in_hand.peer, since).await;
                self.looked(&in_hand, result, since).await
            }
        }
    }

    async fn sent(
        &mut self,
        in_hand: &InHand,
        result: Result<Receipt, Failure>,
    ) -> Result<(), StoreError> {
        match result {
            Ok(receipt) => {
                self.settle(in_hand, Event::Delivered, None, Some(receipt.message_id), None).await
            }
            Err(failure) => {
                let due = self.due_after(in_hand.reply, &failure);
                let event = Event::Answered {
                    class: failure.class.clone(),
                    reason: Reason::named(&failure.reason),
                };
                let wait = self.imposed(in_hand, &failure);
                self.settle(in_hand, event, Some(due), None, wait).await?;
                self.heed(failure);
                Ok(())
            }
        }
    }

    async fn looked(
        &mut self,
        in_hand: &InHand,
        result: Result<HistoryPage, Failure>,
        since: Timestamp,
    ) -> Result<(), StoreError> {
        let now = self.shared.clock.now();
        match result {
            Ok(page) => {
                let (event, id) = verdict(&page, &in_hand.part.body, since);
                self.settle(in_hand, event, Some(now), id, None).await
            }
            Err(failure) => {
                let due = self.due_after(in_hand.reply, &failure);
                self.settle(in_hand, Event::Release, Some(due), None, None).await?;
                self.heed(failure);
                Ok(())
            }
        }
    }

    /// Writes what came of it, and what Telegram imposed, before anything else happens.
    async fn settle(
        &mut self,
        in_hand: &InHand,
        event: Event,
        due: Option<Timestamp>,
        message: Option<MessageId>,
        wait: Option<Wait>,
    ) -> Result<(), StoreError> {
        let (epoch, reply, now) = (self.shared.epoch, in_hand.reply, self.shared.clock.now());
        let account = self.account.id;
        let state = self
            .shared
            .store
            .write(move |unit| {
                if let Some(wait) = &wait {
                    unit.put_wait(wait, now)?;
                }
                let (event, message) = owned(unit, account, event, message)?;
                unit.settle_reply(epoch, reply, &event, due, message, now)
            })
            .await?;
        if matches!(state, DeliveryState::Done(_)) {
            self.attempts.remove(&reply);
            self.tell(in_hand.user, &state);
        }
        Ok(())
    }

    fn due_after(&mut self, reply: ReplyId, failure: &Failure) -> Timestamp {
        let now = self.shared.clock.now();
        match &failure.class {
            FailureClass::Wait { delay, .. } => now + *delay,
            FailureClass::Ambiguous | FailureClass::InFlight => {
                let attempt = self.attempts.entry(reply).or_default();
                let delay = RetryPolicy::REPEAT.delay(*attempt, self.shared.entropy.as_ref());
                *attempt = attempt.saturating_add(1);
                now + delay
            }
            FailureClass::Refused(_) | FailureClass::Elsewhere { .. } => now,
        }
    }

    fn imposed(&self, in_hand: &InHand, failure: &Failure) -> Option<Wait> {
        let FailureClass::Wait { scope, delay } = failure.class else { return None };
        Some(Wait {
            account: self.account.id,
            scope,
            user: (scope == WaitScope::Chat).then_some(in_hand.user),
            until: self.shared.clock.now() + delay,
            reason: failure.reason.clone(),
        })
    }

    /// What concerns more than this answer is for the one who serves the connection.
    fn heed(&self, failure: Failure) {
        let beyond = matches!(
            failure.class,
            FailureClass::Refused(Refusal::Account(_) | Refusal::Config) | FailureClass::Ambiguous
        );
        if beyond {
            self.trouble.tell(failure);
            self.leave.begin();
        }
    }

    fn tell(&self, user: UserId, state: &DeliveryState) {
        let DeliveryState::Done(outcome) = state else { return };
        self.shared.emit(EventKind::Reply {
            account: self.account.name.clone(),
            user,
            outcome: outcome.clone(),
        });
    }
}

/// When an account's next answer is due. Asked of the store only where there is one at all.
pub(crate) async fn next_due(
    shared: &Shared,
    control: &watch::Receiver<Arc<Control>>,
    account: AccountId,
) -> Result<Option<Timestamp>, StoreError> {
    if !control.borrow().replying.contains(&account) {
        return Ok(None);
    }
    shared.store.read(move |unit| unit.next_reply_due(account)).await
}

/// A message id belongs to one delivery: a campaign's message with the same words proves nothing.
fn owned(
    unit: &dyn Unit,
    account: AccountId,
    event: Event,
    message: Option<MessageId>,
) -> Result<(Event, Option<MessageId>), StoreError> {
    if event == Event::HistoryFound
        && let Some(id) = message
        && unit.message_owner(account, id)?.is_some()
    {
        return Ok((Event::HistoryAbsent { complete: false }, None));
    }
    Ok((event, message))
}

/// What is known when answers are taken.
struct Taking {
    epoch: Epoch,
    account: AccountId,
    name: Slug,
    id_key: Arc<dyn IdKey>,
    now: Timestamp,
}

/// What to do with an answer that is due.
enum Judged {
    /// Send it, for the first time.
    Claim(Peer),
    /// Send it again, or look for it.
    Take(InHand),
    /// It is not sent (now).
    Move(Event, Option<Timestamp>),
}

impl Taking {
    fn take(&self, unit: &mut dyn Unit) -> Result<Taken, StoreError> {
        let mut taken = Taken::default();
        if unit.account_named(&self.name)?.is_none_or(|account| !account.state.may_send()) {
            return Ok(taken);
        }
        let waits = unit.waits(self.account, self.now)?;
        for due in unit.due_replies(self.account, self.now, LOOKED_AT)? {
            match self.judge(&due, &waits) {
                Judged::Move(event, due_at) => {
                    let state =
                        unit.settle_reply(self.epoch, due.id, &event, due_at, None, self.now)?;
                    taken.ended.push((due.user, state));
                }
                Judged::Claim(peer) => {
                    let next = self.in_hand(&due, peer, None);
                    unit.claim_reply(self.epoch, due.id, peer, next.part.random_id, self.now)?;
                    taken.next = Some(next);
                    break;
                }
                Judged::Take(in_hand) => {
                    unit.take_reply(self.epoch, due.id)?;
                    taken.next = Some(in_hand);
                    break;
                }
            }
        }
        Ok(taken)
    }

    /// The checks of a claim, and those of a repeat.
    fn judge(&self, due: &DueReply, waits: &[Wait]) -> Judged {
        let waiting = waits.iter().filter(|wait| match wait.scope {
            WaitScope::Account | WaitScope::Method(Method::Send) => true,
            WaitScope::Chat => wait.user == Some(due.user),
            WaitScope::Method(_) => false,
        });
        if let Some(until) = waiting.map(|wait| wait.until).max() {
            let event = match due.state {
                DeliveryState::Planned => Event::Postpone,
                _ => Event::Release,
            };
            return Judged::Move(event, Some(until));
        }
        let now = Some(self.now);
        let silenced = due.silenced && !due.confirms;
        match (&due.state, due.peer, due.random_id, due.claimed_at) {
            (DeliveryState::Planned, _, _, _) if silenced => {
                Judged::Move(Event::Ineligible(Reason::OPTED_OUT), None)
            }
            (DeliveryState::Planned, Some(peer), _, _) => Judged::Claim(peer),
            (DeliveryState::Claimed(exposure), Some(peer), Some(id), Some(at)) => {
                if exposure.check.is_some() {
                    Judged::Take(self.again(due, peer, id, Some(at)))
                } else if silenced {
                    Judged::Move(Event::Ineligible(Reason::OPTED_OUT), now)
                } else if exposure.ambiguous && self.now.since(at) > REPLAY_WINDOW {
                    Judged::Move(Event::Expired, now)
                } else {
                    Judged::Take(self.again(due, peer, id, None))
                }
            }
            _ => Judged::Move(Event::Ineligible(Reason::UNREACHABLE), now),
        }
    }

    /// What is sent, with its ids: derived from the answer's identity, so that a repeat has the same.
    fn in_hand(&self, due: &DueReply, peer: Peer, look_since: Option<Timestamp>) -> InHand {
        let input = IdInput { campaign: due.uuid, user: due.user, part: 0, attempt: 0 };
        let part = judge::claimed(due.body.clone(), &input, self.id_key.as_ref());
        InHand { reply: due.id, user: due.user, peer, part, look_since }
    }

    /// The same for what was claimed before, with the id of then.
    fn again(
        &self,
        due: &DueReply,
        peer: Peer,
        random_id: RandomId,
        look_since: Option<Timestamp>,
    ) -> InHand {
        let mut again = self.in_hand(due, peer, look_since);
        again.part.random_id = random_id;
        again
    }
}
