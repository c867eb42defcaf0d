//! Who gets a message, decided within the claiming transaction from facts alone.

use crate::campaign::{Campaign, CampaignState};
use crate::content::{Content, Written};
use crate::delivery::{Candidate, Claim, ClaimedPart, Event, Move, Reason, Repeat};
use crate::ids::DeliveryId;
use crate::peer::Address;
use crate::ports::IdKey;
use crate::random_id::{self, IdInput};
use crate::time::Timestamp;
use std::time::Duration;

/// How long after a claim a repetition is known to be recognised: Telegram documents no end, so a
/// day is our own caution.
pub const REPLAY_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// What to do with a due delivery.
#[derive(Debug)]
pub enum Judgement {
    /// Commit this, then send.
    Claim(Claim),
    /// This account has to ask Telegram about the person first.
    Resolve {
        /// By this address.
        address: Address,
        /// By this one, if nobody has the first any more.
        otherwise: Option<Address>,
    },
    /// It will never be sent.
    Move(Move),
}

/// Judges a due delivery for an account.
#[must_use]
pub fn candidate(
    candidate: &Candidate,
    campaign: &Campaign,
    content: &Content,
    account_is_bot: bool,
    key: &dyn IdKey,
) -> Judgement {
    if let Some(reason) = candidate.permission.obstacle() {
        return Judgement::Move(ineligible(candidate.delivery, reason));
    }
    if candidate.twin.is_some() {
        return Judgement::Move(ineligible(candidate.delivery, Reason::DUPLICATE_PERSON));
    }
    let Some(peer) = candidate.peer else {
        // A bot may address only those who started it, and it knows them.
        let mut addresses = candidate.person.addresses();
        return match addresses.next() {
            Some(address) if !account_is_bot => {
                Judgement::Resolve { address, otherwise: addresses.next() }
            }
            _ => Judgement::Move(ineligible(candidate.delivery, Reason::UNREACHABLE)),
        };
    };
    let Written { variant, bodies } = match content.write(campaign.uuid, candidate, key) {
        Ok(written) => written,
        Err(reason) => return Judgement::Move(ineligible(candidate.delivery, reason)),
    };
    let parts = (0u16..)
        .zip(bodies)
        .map(|(part, body)| ClaimedPart {
            body,
            random_id: random_id::derive(
                key,
                &IdInput {
                    campaign: campaign.uuid,
                    user: peer.user_id(),
                    part,
                    attempt: candidate.attempt,
                },
            ),
        })
        .collect();
    Judgement::Claim(Claim {
        delivery: candidate.delivery,
        campaign: candidate.campaign,
        peer,
        variant,
        parts,
    })
}

/// What to do with a claimed delivery that is due again.
#[derive(Debug)]
pub enum RepeatJudgement {
    /// Send the current part, with the id it was claimed with.
    Send,
    /// Look for the current part in the chat's history.
    History,
    /// It may not be sent (any more).
    Move(Move),
    /// Its campaign is paused: it waits.
    Hold,
}

/// Judges a claimed delivery that is due again: the checks of a claim, once more.
#[must_use]
pub fn repeat(repeat: &Repeat, campaign: CampaignState, now: Timestamp) -> RepeatJudgement {
    if !campaign.may_repeat() {
        return RepeatJudgement::Hold;
    }
    if repeat.exposure.check.is_some() {
        return RepeatJudgement::History;
    }
    let event = if campaign == CampaignState::Canceled {
        Event::Cancel
    } else if let Some(reason) = repeat.permission.obstacle() {
        Event::Ineligible(reason)
    } else if repeat.exposure.ambiguous && now.since(repeat.claimed_at) > REPLAY_WINDOW {
        Event::Expired
    } else {
        return RepeatJudgement::Send;
    };
    RepeatJudgement::Move(Move {
        delivery: repeat.delivery,
        event,
        due_at: Some(now),
        message_id: None,
    })
}

fn ineligible(delivery: DeliveryId, reason: Reason) -> Move {
    Move { delivery, event: Event::Ineligible(reason), due_at: None, message_id: None }
}
