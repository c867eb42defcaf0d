//! From planned to claimed: who is due, with all facts, and the claim itself.

use super::attached;
use super::facts::{permission, permitted};
use crate::error::is_taken;
use crate::rows::{self, PERSON_COLUMNS, StateColumns, person_columns, state_columns};
use crate::unit::{SqliteUnit, limit, missing};
use rusqlite::{CachedStatement, OptionalExtension, Row, params};
use tg_core::campaign::CampaignState;
use tg_core::delivery::{Candidate, Claim, ClaimedPart, DeliveryState, Event, Moved};
use tg_core::ids::{AccessHash, AccountId, CampaignId, ContactId, DeliveryId, UserId};
use tg_core::peer::Peer;
use tg_core::personal::Words;
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

const DOING: &str = "writing a claim";
pub(super) const READING: &str = "reading a delivery";

/// Reads a [`Stored`].
pub(super) const STATE: &str = concat!(
    "SELECT ",
    state_columns!(),
    ", d.campaign_id, coalesce(d.account_id, 0), d.variant FROM deliveries d WHERE d.id = ?1"
);

/// Where a delivery stands, and whose it is.
pub(super) struct Stored {
    pub(super) campaign: CampaignId,
    /// 0: nobody's.
    pub(super) account: i64,
    pub(super) variant: Option<u16>,
    pub(super) state: DeliveryState,
}

/// Claims a planned row. The account is not among what is set: a reference that is set is checked,
/// and costs a journal of its own for every row.
const TAKE: &str = "UPDATE deliveries SET state = 1, user_id = ?3, parts = ?4, part = 0,
        ambiguous = 0, in_flight = 0, check_kind = 0, reason = NULL, due_at = NULL, epoch = ?5,
        claimed_at = ?6, variant = ?8
     WHERE id = ?1 AND state = 0 AND campaign_id = ?7 AND account_id = ?2";

const PART: &str = "INSERT INTO parts (delivery_id, part, random_id, text, entities, attached)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// What is run for every row of a batch.
struct ClaimStatements<'c> {
    take: CachedStatement<'c>,
    part: CachedStatement<'c>,
}

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
        words: Words::Template,
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
        let found = self.optional(
            doing,
            "SELECT state, EXISTS (SELECT 1 FROM campaign_personal WHERE campaign_id = ?1)
             FROM campaigns WHERE id = ?1",
            [campaign.0],
            |row| Ok((CampaignState::parse(row.get_ref(0)?.as_str()?), row.get::<_, bool>(1)?)),
        )?;
        let (state, personal) = found.unwrap_or_default();
        if !state.is_some_and(CampaignState::may_claim) {
            return Ok(Vec::new());
        }
        let mut due =
            self.all(doing, CANDIDATES, [campaign.0, account.0, now.0, limit(most)], |row| {
                candidate(row, campaign)
            })?;
        if personal {
            let rows: Vec<DeliveryId> = due.iter().map(|row| row.delivery).collect();
            let mut words = self.words_of(&rows)?;
            for row in &mut due {
                row.words = words.remove(&row.delivery).unwrap_or(Words::Awaited);
            }
        }
        let peers = due.iter().filter_map(|row| row.peer);
        self.known.borrow_mut().extend(peers.map(|peer| (peer.user_id(), account)));
        Ok(due)
    }

    /// Claims first, then the moves; the answer in the same order.
    pub(super) fn write_claims(&mut self, batch: &ClaimBatch) -> Result<Vec<Moved>, StoreError> {
        self.fence(batch.epoch)?;
        let mut moved = Vec::with_capacity(batch.claims.len() + batch.moves.len());
        if !batch.claims.is_empty() {
            let mut statements = ClaimStatements {
                take: self.prepare(DOING, TAKE)?,
                part: self.prepare(DOING, PART)?,
            };
            for claim in &batch.claims {
                moved.push(self.write_claim(batch, claim, &mut statements)?);
            }
            self.count_claim()?;
        }
        moved.extend(self.write_moves(&batch.moves, batch.at)?);
        Ok(moved)
    }

    fn write_claim(
        &self,
        batch: &ClaimBatch,
        claim: &Claim,
        statements: &mut ClaimStatements<'_>,
    ) -> Result<Moved, StoreError> {
        let parts = u16::try_from(claim.parts.len()).unwrap_or(u16::MAX);
        let event = Event::Claim { parts };
        let next = DeliveryState::Planned.next(&event)?;
        if !self.take(batch, claim, parts, &mut statements.take)? {
            // Not a planned row of this campaign with this account: if it is another account's, it
            // is made over.
            let stored = self.delivery_state(claim.delivery)?;
            if stored.campaign != claim.campaign {
                return Err(missing("delivery of the campaign", claim.delivery));
            }
            stored.state.next(&event)?;
            self.execute(
                DOING,
                "UPDATE deliveries SET account_id = ?2 WHERE id = ?1 AND state = 0",
                [claim.delivery.0, batch.account.0],
            )?;
            self.take(batch, claim, parts, &mut statements.take)?;
        }
        self.keep_peer(batch.account, claim.peer)?;
        for (number, part) in (0u16..).zip(&claim.parts) {
            self.write_part(claim.delivery, number, part, &mut statements.part)?;
        }
        Ok(Moved { delivery: claim.delivery, campaign: claim.campaign, state: next })
    }

    /// Writes a claim over a planned row; says whether there was one.
    fn take(
        &self,
        batch: &ClaimBatch,
        claim: &Claim,
        parts: u16,
        take: &mut CachedStatement<'_>,
    ) -> Result<bool, StoreError> {
        let user = claim.peer.user_id();
        let row = params![
            claim.delivery.0,
            batch.account.0,
            user.0,
            parts,
            batch.epoch.0,
            batch.at.0,
            claim.campaign.0,
            claim.variant
        ];
        let taken = self.run(DOING, |_| match take.execute(row) {
            // Somebody else of the campaign is that person: the judge was not asked.
            Err(error) if is_taken(&error) => Ok(None),
            other => other.map(Some),
        })?;
        taken.map(|rows| rows > 0).ok_or_else(|| StoreError::Taken {
            what: "delivery of the campaign for Telegram user",
            name: user.to_string(),
        })
    }

    /// A repeat needs the hash that the claim was made with, whoever brought it.
    fn keep_peer(&self, account: AccountId, peer: Peer) -> Result<(), StoreError> {
        let (id, hash) = (peer.user_id(), peer.hash());
        if self.known.borrow().contains(&(id, account)) {
            return Ok(());
        }
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
        statement: &mut CachedStatement<'_>,
    ) -> Result<(), StoreError> {
        self.run("writing a part", |_| {
            let entities = &part.body.entities;
            let entities = (!entities.is_empty())
                .then(|| serde_json::to_string(entities))
                .transpose()
                .map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
            let attached = attached::written(part)?;
            let (id, text) = (part.random_id.0, &part.body.text);
            statement.execute(params![delivery.0, number, id, text, entities, attached]).map(|_| ())
        })
    }

    /// Where a delivery stands, and whose it is.
    pub(super) fn delivery_state(&self, delivery: DeliveryId) -> Result<Stored, StoreError> {
        let mut statement = self.prepare(READING, STATE)?;
        self.read_state(delivery, &mut statement)
    }

    /// The same, for many rows.
    pub(super) fn read_state(
        &self,
        delivery: DeliveryId,
        statement: &mut CachedStatement<'_>,
    ) -> Result<Stored, StoreError> {
        let read = |row: &Row<'_>| {
            Ok(Stored {
                campaign: CampaignId(row.get(rows::STATE_COLUMNS)?),
                account: row.get(rows::STATE_COLUMNS + 1)?,
                variant: row.get(rows::STATE_COLUMNS + 2)?,
                state: rows::state(row, 0)?,
            })
        };
        self.run(READING, |_| statement.query_row([delivery.0], read).optional())?
            .ok_or_else(|| missing("delivery", delivery))
    }

    pub(super) fn write_identity(
        &self,
        delivery: DeliveryId,
        user: UserId,
    ) -> Result<Option<Twin>, StoreError> {
        let doing = "recording whom a delivery is for";
        let Stored { campaign, state, .. } = self.delivery_state(delivery)?;
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
