//! Whom an address belongs to: asked outside the transaction, written in the next turn.

use tg_core::delivery::{Event, Move, Reason};
use tg_core::ids::{AccountId, CampaignId, ContactId, DeliveryId, UserId};
use tg_core::peer::{Address, Peer};
use tg_core::ports::{PeerFact, StoreError, Unit};

/// An address that an account has to ask about before it can claim.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) delivery: DeliveryId,
    pub(crate) campaign: CampaignId,
    pub(crate) contact: ContactId,
    /// Whom the home believes the address to belong to.
    pub(crate) expected: Option<UserId>,
    pub(crate) address: Address,
    /// What is asked about if nobody has that address any more.
    pub(crate) otherwise: Option<Address>,
    /// It spends the account's own pace.
    pub(crate) paced: bool,
}

/// An answer to be written.
#[derive(Clone, Debug)]
pub(crate) struct Learned {
    pub(crate) ask: Ask,
    pub(crate) peer: Peer,
}

/// Writes answers; returns the moves that follow from them.
pub(crate) fn write(
    unit: &mut dyn Unit,
    account: AccountId,
    learned: &[Learned],
) -> Result<Vec<Move>, StoreError> {
    let mut moves = Vec::new();
    let mut facts = Vec::with_capacity(learned.len());
    for Learned { ask, peer } in learned {
        let (user, hash) = (peer.user_id(), peer.hash());
        if ask.expected.is_some_and(|expected| expected != user) {
            moves.push(skip(ask.delivery, Reason::IDENTITY_CHANGED));
            continue;
        }
        facts.push(PeerFact { user, hash });
        if ask.expected.is_none() {
            unit.learn_user_id(ask.contact, user)?;
        }
        if unit.identify(ask.delivery, user)?.is_some() {
            moves.push(skip(ask.delivery, Reason::DUPLICATE_PERSON));
        }
    }
    if !facts.is_empty() {
        unit.put_peers(account, &facts)?;
    }
    Ok(moves)
}

fn skip(delivery: DeliveryId, reason: Reason) -> Move {
    Move { delivery, event: Event::Ineligible(reason), due_at: None, message_id: None }
}
