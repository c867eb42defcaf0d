//! What is stored of what was heard: whom the account met, what they said, whether it was a "no".

use crate::confirm::Confirmation;
use crate::events::EventKind;
use crate::opt_out;
use std::collections::BTreeSet;
use std::sync::Arc;
use tg_core::ids::{AccountId, Slug, UserId};
use tg_core::inbox::{HeardMessage, HeardUser, OptOutWords};
use tg_core::ports::{Kept, PeerFact, StoreError, Unit, UpdatePoint};
use tg_core::time::Timestamp;

/// Records whom an account can address, and which contacts they are.
pub(crate) fn introduce(
    unit: &mut dyn Unit,
    account: AccountId,
    known: &[HeardUser],
) -> Result<(), StoreError> {
    let facts: Vec<PeerFact> = known.iter().filter_map(fact).collect();
    unit.put_peers(account, &facts)?;
    for user in known {
        if let Some(username) = &user.username {
            unit.recognise(user.user, username)?;
        }
    }
    Ok(())
}

fn fact(user: &HeardUser) -> Option<PeerFact> {
    Some(PeerFact { user: user.user, hash: user.hash? })
}

/// What one transaction stores.
pub(crate) struct Chunk {
    pub(crate) account: AccountId,
    pub(crate) name: Slug,
    pub(crate) messages: Vec<HeardMessage>,
    pub(crate) users: Arc<Vec<HeardUser>>,
    /// The first one of what was heard at once.
    pub(crate) first: bool,
    /// Set for the last one.
    pub(crate) point: Option<UpdatePoint>,
    pub(crate) words: Arc<OptOutWords>,
    pub(crate) confirmation: Option<Confirmation>,
    pub(crate) now: Timestamp,
}

impl Chunk {
    /// Stores it within its transaction; what is told after the commit.
    pub(crate) fn write(&self, unit: &mut dyn Unit) -> Result<Vec<EventKind>, StoreError> {
        let writers: BTreeSet<UserId> = self.messages.iter().map(|m| m.user).collect();
        // Whom the account can address from now on, and who the writers are.
        if self.first {
            let facts: Vec<PeerFact> = self.users.iter().filter_map(fact).collect();
            unit.put_peers(self.account, &facts)?;
        }
        for user in self.users.iter().filter(|user| writers.contains(&user.user)) {
            unit.name_user(user)?;
        }
        let mut told = Vec::new();
        for message in &self.messages {
            let no = !message.outgoing && self.words.matches(&message.text);
            let kept = unit.keep_message(self.account, message, no, self.now)?;
            let Kept::New { campaign } = kept else { continue };
            if no {
                let new = opt_out::record(unit, message.user, &message.text, &self.name, self.now)?;
                if let Some(confirmation) = self.confirmation.as_ref().filter(|_| new) {
                    confirmation.record(unit, self.account, message.user, self.now)?;
                }
            }
            if !message.outgoing {
                told.push(EventKind::Message {
                    account: self.name.clone(),
                    user: message.user,
                    message_id: message.message_id,
                    campaign: campaign.map(|(_, name)| name),
                    opt_out: no,
                });
            }
        }
        if let Some(point) = self.point {
            unit.set_update_point(self.account, point)?;
        }
        Ok(told)
    }
}
