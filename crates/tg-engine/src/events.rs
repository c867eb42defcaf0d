//! What the engine tells whoever watches. An outcome is announced only after its commit.

use std::time::Duration;
use tg_core::campaign::CampaignState;
use tg_core::delivery::{DeliveryState, Moved, Outcome, Reason};
use tg_core::ids::{DeliveryId, Epoch, MessageId, Slug, UserId};
use tg_core::personal::Fallback;
use tg_core::ports::ServiceHealth;
use tg_core::time::Timestamp;

/// Takes events. Must return at once: the engine waits for it.
pub trait EventSink: Send + Sync {
    /// Takes one event.
    fn emit(&self, event: RunEvent);
}

/// Something that happened in a run.
#[derive(Clone, Debug)]
pub struct RunEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
}

/// Kinds of events.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// The run has taken over the home.
    Started {
        /// Its number.
        epoch: Epoch,
        /// Deliveries that an earlier run left claimed: they are repeated or looked for.
        interrupted: u64,
    },
    /// Something about an account.
    Account {
        /// Which.
        name: Slug,
        /// What.
        what: AccountNews,
    },
    /// A campaign moved.
    Campaign {
        /// Which.
        name: Slug,
        /// Where it stands now.
        state: CampaignState,
        /// Why, if the engine did it.
        note: Option<String>,
    },
    /// A delivery moved.
    Delivery {
        /// Its campaign.
        campaign: Slug,
        /// The account that had it.
        account: Slug,
        /// Which.
        delivery: DeliveryId,
        /// What became of it.
        news: DeliveryNews,
    },
    /// Deliveries went over to other accounts because theirs cannot send.
    Reassigned {
        /// Their campaign.
        campaign: Slug,
        /// The account that cannot.
        from: Slug,
        /// How many.
        rows: u64,
    },
    /// Recipients got their texts, or the template instead.
    Texts {
        /// Their campaign.
        campaign: Slug,
        /// How many.
        rows: u64,
        /// Why the template; `None`: a text of their own was written.
        fallback: Option<Fallback>,
    },
    /// Somebody wrote to an account.
    Message {
        /// The account.
        account: Slug,
        /// Who wrote.
        user: UserId,
        /// Its number in the account's box.
        message_id: MessageId,
        /// The campaign that it answers, if it does.
        campaign: Option<Slug>,
        /// It is a "no": they are not written to any more.
        opt_out: bool,
    },
    /// An answer that was written at the keyboard has ended.
    Reply {
        /// Through which account.
        account: Slug,
        /// To whom.
        user: UserId,
        /// How.
        outcome: Outcome,
    },
    /// Telegram no longer keeps what an account missed; its chats were read instead.
    Gap {
        /// The account.
        account: Slug,
        /// They could be read back far enough. If not, somebody's "no" may have been missed.
        filled: bool,
    },
    /// A service is left alone for a while, or is used again.
    Service(ServiceHealth),
    /// The run was told to stop and finishes what is in flight.
    Stopping {
        /// For how long at most.
        grace: Duration,
    },
}

/// News of an account.
#[derive(Clone, Debug)]
pub enum AccountNews {
    /// Its connection has answered.
    Connected,
    /// Its connection is gone, or could not be opened.
    Disconnected {
        /// Stable name.
        reason: String,
        /// For a person.
        text: String,
    },
    /// Telegram told it to wait.
    Waiting {
        /// Until when.
        until: Timestamp,
        /// Telegram's name for it.
        reason: String,
    },
    /// It cannot send any more.
    Stopped {
        /// Its state now.
        state: &'static str,
        /// Telegram's name for the reason.
        reason: String,
    },
    /// Its task panicked and is started again.
    Crashed,
}

/// News of a delivery.
#[derive(Clone, Debug)]
pub enum DeliveryNews {
    /// Telegram confirmed it.
    Sent {
        /// What its last part became.
        message_id: Option<MessageId>,
    },
    /// Telegram refused it.
    Failed {
        /// Why.
        reason: Reason,
    },
    /// It was not attempted.
    Skipped {
        /// Why.
        reason: Reason,
    },
    /// A person has to decide.
    Unknown {
        /// Why.
        reason: Reason,
    },
    /// Not now.
    Deferred {
        /// Until when.
        until: Option<Timestamp>,
        /// Why.
        reason: Reason,
    },
    /// Its campaign was cancelled.
    Canceled,
}

impl DeliveryNews {
    /// The news of a committed move; `None` if it is no news to anybody.
    pub(crate) fn of(
        moved: &Moved,
        message_id: Option<MessageId>,
        deferral: Option<(Option<Timestamp>, Reason)>,
    ) -> Option<Self> {
        Some(match &moved.state {
            DeliveryState::Done(Outcome::Sent) => Self::Sent { message_id },
            DeliveryState::Done(Outcome::Failed(reason)) => Self::Failed { reason: reason.clone() },
            DeliveryState::Done(Outcome::Skipped(reason)) => {
                Self::Skipped { reason: reason.clone() }
            }
            DeliveryState::Done(Outcome::Unknown(reason)) => {
                Self::Unknown { reason: reason.clone() }
            }
            DeliveryState::Done(Outcome::Canceled) => Self::Canceled,
            DeliveryState::Planned | DeliveryState::Claimed(_) => {
                let (until, reason) = deferral?;
                Self::Deferred { until, reason }
            }
        })
    }
}
