//! From planned to claimed: who is due, with all facts, and the claim itself.

use super::facts::{permission, permitted};
use crate::error::is_taken;
use crate::rows::{self, PERSON_COLUMNS, StateColumns, person_columns, state_columns};
use crate::unit::{SqliteUnit, limit, missing};
use rusqlite::{Row, params};
use tg_core::campaign::CampaignState;
use tg_core::delivery::{Candidate, Claim, ClaimedPart, DeliveryState, Event, Moved};
use tg_core::ids::{AccessHash, AccountId, CampaignId, ContactId, DeliveryId, UserId};
use tg_core::peer::Peer;
use tg_core::ports::{ClaimBatch, StoreError, Twin};
use tg_core::time::Timestamp;

/// Due rows of one account, read off the front of `deliveries_planned`. The two user ids are asked
/// for separately: a person whom two contacts stand for must be found under either.
pub(crate) const CANDIDATES: &str = concat!(
    "SELECT ",
    person_columns!(),
    ", d.id, d.contact_id, d.attempt, d.user_id, p.hash,
       (SELECT t.id FROM deliveries t WHERE t.campaign_id = d.campaign_id
            AND t.user_id = coalesce(d.user_id, c.user_id) AND t.user_id IS NOT NULL
            AND t.id <> d.id), ",
    permitted!(),
    " FROM deliveries d
      CROSS JOIN campaigns k ON k.id = d.campaign_id
      CROSS JOIN contacts c ON c.id = d.contact_id
      LEFT JOIN peers p ON p.user_id = coalesce(d.user_id, c.user_id) AND p.account_id = ?2
      WHERE d.campaign_id = ?1 AND d.account_id = ?2 AND d.state = 0 AND d.due_at <= ?3
      ORDER BY d.due_at, d.id LIMIT ?4"
);

fn candidate(row: &Row<'_>, campaign: CampaignId) -> rusqlite::Result<Candidate> {
    const AT: usize = PERSON_COLUMNS;
    let mut person = rows::person(row, 0)?;
    // Of a person whose user id another contact holds, only the delivery knows it.
    person.user_id = row.get::<_, Option<i64>>(AT + 3)?.map(UserId).or(person.user_id);
    let hash: Option<i64> = row.get(AT + 4)?;
    Ok(Candidate {
        delivery: DeliveryId(row.get(AT)?),
        campaign,
        contact: ContactId(row.get(AT + 1)?),
        permission: permission(row, AT + 6)?,
        peer: person.user_id.zip(hash).map(|(id, hash)| Peer::User { id, hash: AccessHash(hash) }),
        person,
        attempt: row.get(AT + 2)?,
        twin: row.get::<_, Option<i64>>(AT + 5)?.map(DeliveryId),
    })
}

impl SqliteUnit<'_> {
    pub(super) fn read_candidates(
        &self,
        campaign: CampaignId,
        account: AccountId,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<Candidate>, StoreError> {
        // Asked apart: as a condition of the other statement it would be tried on every row.
        let doing = "reading due deliveries";
        let state = self.optional(
            doing,
            "SELECT state FROM campaigns WHERE id = ?1",
            [campaign.0],
            |row| Ok(CampaignState::parse(row.get_ref(0)?.as_str()?)),
        )?;
        if !state.flatten().is_some_and(CampaignState::may_claim) {
            return Ok(Vec::new());
        }
        self.all(doing, CANDIDATES, [campaign.0, account.0, now.0, limit(most)], |row| {
            candidate(row, campaign)
        })
    }

    /// Claims first, then the moves; the answer in the same order.
    pub(super) fn write_claims(&mut self, batch: &ClaimBatch) -> Result<Vec<Moved>, StoreError> {
        self.fence(batch.epoch)?;
        let mut moved = Vec::with_capacity(batch.claims.len() + batch.moves.len());
        for claim in &batch.claims {
            moved.push(self.write_claim(batch, claim)?);
        }
        if !batch.claims.is_empty() {
            self.count_claim()?;
        }
        moved.extend(self.write_moves(&batch.moves, batch.at)?);
        Ok(moved)
    }

    fn write_claim(&self, batch: &ClaimBatch, claim: &Claim) -> Result<Moved, StoreError> {
        let doing = "writing a claim";
        let (campaign, state) = self.delivery_state(claim.delivery)?;
        if campaign != claim.campaign {
            return Err(missing("delivery of the campaign", claim.delivery));
        }
        let parts = u16::try_from(claim.parts.len()).unwrap_or(u16::MAX);
        let next = state.next(&Event::Claim { parts })?;
        let user = claim.peer.user_id();
        let claimed = self.run(doing, |conn| {
            let mut statement = conn.prepare_cached(
                "UPDATE deliveries SET state = 1, account_id = ?2, user_id = ?3, parts = ?4,
                    part = 0, ambiguous = 0, in_flight = 0, check_kind = 0, reason = NULL,
                    due_at = NULL, epoch = ?5, claimed_at = ?6
                 WHERE id = ?1 AND state = 0",
            )?;
            let row = params![
                claim.delivery.0,
                batch.account.0,
                user.0,
                parts,
                batch.epoch.0,
                batch.at.0
            ];
            match statement.execute(row) {
                // Somebody else of the campaign is that person: the judge was not asked.
                Err(error) if is_taken(&error) => Ok(false),
                other => other.map(|_| true),
            }
        })?;
        if !claimed {
            return Err(StoreError::Taken {
                what: "delivery of the campaign for Telegram user",
                name: user.to_string(),
            });
        }
        self.keep_peer(batch.account, claim.peer)?;
        for (number, part) in (0u16..).zip(&claim.parts) {
            self.write_part(claim.delivery, number, part)?;
        }
        Ok(Moved { delivery: claim.delivery, campaign, state: next })
    }

    /// A repeat needs the hash that the claim was made with, whoever brought it.
    fn keep_peer(&self, account: AccountId, peer: Peer) -> Result<(), StoreError> {
        let Peer::User { id, hash } = peer;
        self.execute(
            "keeping a claim's peer",
            "INSERT INTO peers (user_id, account_id, hash) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
            [id.0, account.0, hash.0],
        )
        .map(|_| ())
    }

    fn write_part(
        &self,
        delivery: DeliveryId,
        number: u16,
        part: &ClaimedPart,
    ) -> Result<(), StoreError> {
        self.run("writing a part", |conn| {
            let entities = &part.body.entities;
            let entities = (!entities.is_empty())
                .then(|| serde_json::to_string(entities))
                .transpose()
                .map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
            conn.prepare_cached(
                "INSERT INTO parts (delivery_id, part, random_id, text, entities)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![delivery.0, number, part.random_id.0, part.body.text, entities])
            .map(|_| ())
        })
    }

    /// Where a delivery stands, and whose it is.
    pub(super) fn delivery_state(
        &self,
        delivery: DeliveryId,
    ) -> Result<(CampaignId, DeliveryState), StoreError> {
        self.optional(
            "reading a delivery",
            concat!(
                "SELECT ",
                state_columns!(),
                ", d.campaign_id FROM deliveries d WHERE d.id = ?1"
            ),
            [delivery.0],
            |row| Ok((CampaignId(row.get(rows::STATE_COLUMNS)?), rows::state(row, 0)?)),
        )?
        .ok_or_else(|| missing("delivery", delivery))
    }

    pub(super) fn write_identity(
        &self,
        delivery: DeliveryId,
        user: UserId,
    ) -> Result<Option<Twin>, StoreError> {
        let doing = "recording whom a delivery is for";
        let (campaign, state) = self.delivery_state(delivery)?;
        let twin = self.optional(
            doing,
            "SELECT id FROM deliveries WHERE campaign_id = ?1 AND user_id = ?2 AND id <> ?3",
            [campaign.0, user.0, delivery.0],
            |row| row.get(0),
        )?;
        if let Some(twin) = twin {
            return Ok(Some(Twin { delivery: DeliveryId(twin) }));
        }
        // What is claimed or ended belongs to whom it was claimed for.
        if StateColumns::of(&state).state == 0 {
            self.execute(
                doing,
                "UPDATE deliveries SET user_id = ?2 WHERE id = ?1 AND state = 0",
                [delivery.0, user.0],
            )?;
        }
        Ok(None)
    }
}
