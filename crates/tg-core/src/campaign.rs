//! A campaign: one template to one audience, through some accounts, with its own life.

use crate::ids::{AccountId, AudienceId, CampaignId, Slug, TemplateId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A campaign as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Row.
    pub id: CampaignId,
    /// The operator's name for it.
    pub name: Slug,
    /// Part of every random id: unique beyond this home.
    pub uuid: Uuid,
    /// Who hears it.
    pub audience: AudienceId,
    /// What it says.
    pub template: TemplateId,
    /// What it says to whom instead; empty if `template` is for everybody.
    pub variants: Vec<Variant>,
    /// Who says it, sorted.
    pub accounts: Vec<AccountId>,
    /// How fast.
    pub pace: Pace,
    /// Where it stands.
    pub state: CampaignState,
    /// Why it stands there, if not because a person said so.
    pub note: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was first started.
    pub started_at: Option<Timestamp>,
    /// When its last delivery ended.
    pub finished_at: Option<Timestamp>,
}

/// One of the templates that a campaign compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The operator's name for it, unique in its campaign.
    pub name: String,
    /// What it says.
    pub template: TemplateId,
    /// Its share of the recipients, beside the weights of the others.
    pub weight: u32,
}

/// How fast a campaign may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Conservative for people's accounts, the published limits for bots.
    Standard,
    /// No pacing of our own. Only for loopback data centres.
    Unlimited,
}

impl Pace {
    /// The name under which it is stored and typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Unlimited => "unlimited",
        }
    }

    /// The inverse of [`Pace::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Standard, Self::Unlimited].into_iter().find(|p| p.as_str() == name)
    }
}

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Made, not started; deliveries may be staged but are not visible.
    Draft,
    /// Started, with a time in the future.
    Scheduled,
    /// Deliveries are sent as they fall due.
    Running,
    /// No new claims; what is in flight settles.
    Pausing,
    /// Nothing is sent.
    Paused,
    /// Every delivery has its outcome.
    Finished,
    /// Ended by a person; what was not attempted is canceled.
    Canceled,
}

/// What a person, or the engine, does to a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CampaignEvent {
    /// Its deliveries are staged: go.
    Start,
    /// A person stops it.
    Pause,
    /// Nothing of it is in flight any more.
    Settled,
    /// A person lets it go on.
    Resume,
    /// A person ends it.
    Cancel,
    /// Its last delivery ended.
    Finish,
    /// A person has some of its deliveries tried again.
    Retry,
}

/// A move that a campaign's life does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a campaign that is {} cannot be {to}", .from.as_str())]
pub struct CampaignRefusal {
    /// Where it stands.
    pub from: CampaignState,
    to: &'static str,
}

impl CampaignState {
    /// All states, in order of a life.
    pub const ALL: [Self; 7] = [
        Self::Draft,
        Self::Scheduled,
        Self::Running,
        Self::Pausing,
        Self::Paused,
        Self::Finished,
        Self::Canceled,
    ];

    /// The name under which it is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Pausing => "pausing",
            Self::Paused => "paused",
            Self::Finished => "finished",
            Self::Canceled => "canceled",
        }
    }

    /// The inverse of [`CampaignState::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == name)
    }

    /// Whether new deliveries may be claimed.
    #[must_use]
    pub const fn may_claim(self) -> bool {
        matches!(self, Self::Running)
    }

    /// Whether possible copies of it may be repeated or looked for. A paused campaign's wait.
    #[must_use]
    pub const fn may_repeat(self) -> bool {
        matches!(self, Self::Running | Self::Canceled | Self::Finished)
    }

    /// What `event` makes of this state.
    ///
    /// # Errors
    /// If the campaign's life does not know the move.
    pub fn next(self, event: CampaignEvent) -> Result<Self, CampaignRefusal> {
        use CampaignEvent as E;
        let refuse = |to| Err(CampaignRefusal { from: self, to });
        match (self, event) {
            (Self::Draft | Self::Scheduled, E::Start)
            | (Self::Paused | Self::Pausing, E::Resume) => Ok(Self::Running),
            (Self::Running, E::Pause) => Ok(Self::Pausing),
            (Self::Scheduled, E::Pause) | (Self::Pausing, E::Settled) => Ok(Self::Paused),
            (
                Self::Draft | Self::Scheduled | Self::Running | Self::Pausing | Self::Paused,
                E::Cancel,
            ) => Ok(Self::Canceled),
            (Self::Running | Self::Pausing | Self::Paused, E::Finish) => Ok(Self::Finished),
            (Self::Running | Self::Pausing | Self::Paused, E::Retry) => Ok(self),
            (Self::Finished, E::Retry) => Ok(Self::Running),
            (_, E::Retry) => refuse("retried"),
            (_, E::Start) => refuse("started"),
            (_, E::Pause) => refuse("paused"),
            (_, E::Settled) => refuse("settled"),
            (_, E::Resume) => refuse("resumed"),
            (_, E::Cancel) => refuse("canceled"),
            (_, E::Finish) => refuse("finished"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_stays_ended_by_itself() {
        for end in [CampaignState::Finished, CampaignState::Canceled] {
            for event in [
                CampaignEvent::Start,
                CampaignEvent::Pause,
                CampaignEvent::Settled,
                CampaignEvent::Resume,
                CampaignEvent::Cancel,
                CampaignEvent::Finish,
            ] {
                assert!(end.next(event).is_err(), "{end:?} {event:?}");
            }
        }
    }

    #[test]
    fn a_retry_reopens_what_finished_and_nothing_else() {
        use CampaignState as S;
        for (from, to) in [
            (S::Finished, Some(S::Running)),
            (S::Running, Some(S::Running)),
            (S::Pausing, Some(S::Pausing)),
            (S::Paused, Some(S::Paused)),
            (S::Draft, None),
            (S::Scheduled, None),
            (S::Canceled, None),
        ] {
            assert_eq!(from.next(CampaignEvent::Retry).ok(), to, "{from:?}");
        }
    }

    #[test]
    fn pausing_settles_before_it_is_paused() {
        let pausing = CampaignState::Running.next(CampaignEvent::Pause);
        assert_eq!(pausing, Ok(CampaignState::Pausing));
        assert!(!CampaignState::Pausing.may_claim());
        assert_eq!(CampaignState::Pausing.next(CampaignEvent::Settled), Ok(CampaignState::Paused));
    }

    #[test]
    fn names_round_trip() {
        for state in CampaignState::ALL {
            assert_eq!(CampaignState::parse(state.as_str()), Some(state));
        }
    }
}
