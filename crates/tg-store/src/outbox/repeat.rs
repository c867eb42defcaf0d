//! Claimed rows that are due again: to be repeated, looked for, or continued.

use super::attached;
use super::facts::{permission, permitted};
use crate::rows::{self, STATE_COLUMNS, state_columns, unreadable};
use crate::unit::{SqliteUnit, limit, missing};
use rusqlite::Row;
use tg_core::delivery::{Body, ClaimedPart, Repeat};
use tg_core::ids::{AccessHash, AccountId, CampaignId, DeliveryId, Epoch, RandomId, UserId};
use tg_core::peer::Peer;
use tg_core::ports::StoreError;
use tg_core::time::Timestamp;

/// Rows off the front of `deliveries_claimed`. Those of paused campaigns wait.
pub(crate) const REPEATS: &str = concat!(
    "SELECT ",
    state_columns!(),
    ", d.id, d.campaign_id, d.user_id, d.claimed_at, coalesce(p.hash, 0), ",
    permitted!(),
    " FROM deliveries d
      CROSS JOIN campaigns k ON k.id = d.campaign_id
          AND k.state IN ('running', 'canceled', 'finished')
      CROSS JOIN contacts c ON c.id = d.contact_id
      LEFT JOIN peers p ON p.user_id = d.user_id AND p.account_id = d.account_id
      WHERE d.state = 1 AND d.account_id = ?1 AND d.due_at <= ?2
      ORDER BY d.due_at, d.id LIMIT ?3"
);

/// A repeat without its parts.
fn row(row: &Row<'_>) -> rusqlite::Result<Repeat> {
    const AT: usize = STATE_COLUMNS;
    let user = UserId(row.get(AT + 2)?);
    Ok(Repeat {
        delivery: DeliveryId(row.get(AT)?),
        campaign: CampaignId(row.get(AT + 1)?),
        exposure: rows::exposure(row, 0)?,
        permission: permission(row, AT + 5)?,
        peer: Peer::User { id: user, hash: AccessHash(row.get(AT + 4)?) },
        part: ClaimedPart { body: Body::default(), random_id: RandomId(0), album: Vec::new() },
        rest: Vec::new(),
        claimed_at: Timestamp(row.get(AT + 3)?),
    })
}

fn part(row: &Row<'_>) -> rusqlite::Result<ClaimedPart> {
    let entities = match row.get_ref(2)?.as_str_or_null()? {
        None => Vec::new(),
        Some(json) => serde_json::from_str(json).map_err(|_| unreadable("formatting"))?,
    };
    let body = Body { text: row.get(1)?, entities, ..Body::default() };
    let mut part = ClaimedPart { random_id: RandomId(row.get(0)?), body, album: Vec::new() };
    attached::restore(row.get_ref(3)?.as_str_or_null()?, &mut part)?;
    Ok(part)
}

impl SqliteUnit<'_> {
    pub(super) fn read_repeats(
        &self,
        account: AccountId,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<Repeat>, StoreError> {
        let due =
            self.all("reading rows to repeat", REPEATS, [account.0, now.0, limit(most)], row)?;
        due.into_iter().map(|repeat| self.with_parts(repeat)).collect()
    }

    fn with_parts(&self, mut repeat: Repeat) -> Result<Repeat, StoreError> {
        let mut parts = self
            .all(
                "reading a claim's parts",
                "SELECT random_id, text, entities, attached FROM parts
                 WHERE delivery_id = ?1 AND part >= ?2 ORDER BY part",
                [repeat.delivery.0, i64::from(repeat.exposure.part)],
                part,
            )?
            .into_iter();
        repeat.part = parts.next().ok_or_else(|| missing("part of delivery", repeat.delivery))?;
        repeat.rest = parts.collect();
        Ok(repeat)
    }

    /// Takes rows that are due into the hands of this run. One that is not due any more was moved
    /// since it was read: sending it would be wrong, so nothing is taken.
    pub(super) fn take_in_hand(
        &self,
        epoch: Epoch,
        deliveries: &[DeliveryId],
    ) -> Result<(), StoreError> {
        self.fence(epoch)?;
        for delivery in deliveries {
            let taken = self.execute(
                "taking a row to repeat",
                "UPDATE deliveries SET due_at = NULL, epoch = ?2
                 WHERE id = ?1 AND state = 1 AND due_at IS NOT NULL",
                [delivery.0, epoch.0],
            )?;
            if taken == 0 {
                return Err(missing("delivery that is due again", delivery));
            }
        }
        if deliveries.is_empty() { Ok(()) } else { self.count_claim() }
    }
}

#[cfg(test)]
mod tests {
    use super::REPEATS;
    use tg_core::campaign::CampaignState;

    #[test]
    fn the_campaign_states_are_those_of_the_core() {
        for state in CampaignState::ALL {
            let named = REPEATS.contains(&format!("'{}'", state.as_str()));
            assert_eq!(named, state.may_repeat(), "{state:?}");
        }
    }
}
