//! Who gets a message, decided within the claiming transaction from facts alone.

use crate::campaign::{Campaign, CampaignState};
use crate::content::{Content, Written};
use crate::delivery::{Body, Candidate, Claim, ClaimedPart, Event, Move, Reason, Repeat};
use crate::ids::DeliveryId;
use crate::peer::Address;
use crate::personal::{UNWRITTEN, Words};
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
    let Written { variant, bodies } = match &candidate.words {
        Words::Awaited => return Judgement::Move(awaited(candidate.delivery)),
        Words::Personal(text) => Written { variant: None, bodies: vec![Body::text(text)] },
        Words::Template => match content.write(campaign.uuid, candidate, key) {
            Ok(written) => written,
            Err(reason) => return Judgement::Move(ineligible(candidate.delivery, reason)),
        },
    };
    let parts = (0u16..)
        .zip(bodies)
        .map(|(part, body)| {
            let (user, attempt) = (peer.user_id(), candidate.attempt);
            claimed(body, &IdInput { campaign: campaign.uuid, user, part, attempt }, key)
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

/// A part with its ids. The further files of an album take numbers that no part has.
#[must_use]
pub fn claimed(body: Body, base: &IdInput, key: &dyn IdKey) -> ClaimedPart {
    const FILE: u16 = 256;
    let files = u16::try_from(body.media.len()).unwrap_or(u16::MAX);
    let album = (1..files)
        .map(|file| IdInput { part: base.part.saturating_add(file.saturating_mul(FILE)), ..*base })
        .map(|input| random_id::derive(key, &input))
        .collect();
    ClaimedPart { body, random_id: random_id::derive(key, base), album }
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

/// A row without its text is not sent, whatever made it due: it waits for the text.
fn awaited(delivery: DeliveryId) -> Move {
    Move { delivery, event: Event::Postpone, due_at: Some(UNWRITTEN), message_id: None }
}

fn ineligible(delivery: DeliveryId, reason: Reason) -> Move {
    Move { delivery, event: Event::Ineligible(reason), due_at: None, message_id: None }
}
