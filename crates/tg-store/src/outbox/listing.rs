//! Deliveries as an operator sees them.

use crate::personal::fallback;
use crate::rows::{self, PERSON_COLUMNS, STATE_COLUMNS, person_columns, slug, state_columns, time};
use crate::unit::{SqliteUnit, limit};
use rusqlite::Row;
use tg_core::delivery::DeliveryRecord;
use tg_core::ids::{
    AccountId, AudienceId, CampaignId, ContactId, DeliveryId, MessageId, RandomId, Slug, UserId,
};
use tg_core::personal::{Fallback, UNWRITTEN};
use tg_core::ports::StoreError;
use tg_core::time::Timestamp;

/// The columns that [`record`] reads; the campaign's name comes last. The
/// index is named: it gives the order, so that a page costs a page.
fn select(index: &str, rest: &str) -> String {
    let (person, state) = (person_columns!(), state_columns!());
    // tidy: sql-constant
    format!(
        "SELECT {person}, {state}, d.id, d.campaign_id, k.audience_id, d.contact_id, a.id, a.name,
             d.user_id, coalesce(d.message_id, p.message_id), p.random_id, d.due_at, d.planned_at, d.claimed_at,
             d.settled_at, v.name, k.name, t.state, t.reason
         FROM deliveries d INDEXED BY {index}
         JOIN campaigns k ON k.id = d.campaign_id
         JOIN contacts c ON c.id = d.contact_id
         LEFT JOIN accounts a ON a.id = d.account_id
         LEFT JOIN parts p ON p.delivery_id = d.id AND p.part = 0
         LEFT JOIN campaign_variants v ON v.campaign_id = d.campaign_id AND v.n = d.variant
         LEFT JOIN personal_texts t ON t.delivery_id = d.id
         {rest}"
    )
}

/// Where the columns after person and state begin.
const AT: usize = PERSON_COLUMNS + STATE_COLUMNS;

fn record(row: &Row<'_>) -> rusqlite::Result<DeliveryRecord> {
    let account: Option<i64> = row.get(AT + 4)?;
    Ok(DeliveryRecord {
        delivery: DeliveryId(row.get(AT)?),
        campaign: CampaignId(row.get(AT + 1)?),
        audience: AudienceId(row.get(AT + 2)?),
        contact: ContactId(row.get(AT + 3)?),
        contact_label: rows::person(row, 0)?.label(),
        account: account
            .map(|id| slug(row, AT + 5).map(|name| (AccountId(id), name)))
            .transpose()?,
        user_id: row.get::<_, Option<i64>>(AT + 6)?.map(UserId),
        message_id: row.get::<_, Option<i32>>(AT + 7)?.map(MessageId),
        random_id: row.get::<_, Option<i64>>(AT + 8)?.map(RandomId),
        state: rows::state(row, PERSON_COLUMNS)?,
        text: text(row, AT + 15)?,
        due_at: time(row, AT + 9)?.filter(|due| *due < UNWRITTEN),
        planned_at: Timestamp(row.get(AT + 10)?),
        claimed_at: time(row, AT + 11)?,
        settled_at: time(row, AT + 12)?,
        variant: row.get(AT + 13)?,
    })
}

fn text(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<(&'static str, Option<Fallback>)>> {
    Ok(match row.get::<_, Option<u8>>(at)? {
        None => None,
        Some(1) => Some(("written", None)),
        Some(2) => Some(("approved", None)),
        Some(_) => Some(("fallback", Some(fallback(row, at + 1)?))),
    })
}

impl SqliteUnit<'_> {
    pub(super) fn list_campaign(
        &self,
        campaign: CampaignId,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<DeliveryRecord>, StoreError> {
        let after = after.map_or(i64::MIN, |id| id.0);
        self.all(
            "reading deliveries",
            &select(
                "deliveries_by_campaign",
                "WHERE d.campaign_id = ?1 AND d.id > ?2 ORDER BY d.id LIMIT ?3",
            ),
            [campaign.0, after, limit(most)],
            record,
        )
    }

    pub(super) fn list_contact(
        &self,
        contact: ContactId,
        most: usize,
    ) -> Result<Vec<(Slug, DeliveryRecord)>, StoreError> {
        self.all(
            "reading a person's deliveries",
            &select("deliveries_by_contact", "WHERE d.contact_id = ?1 ORDER BY d.id DESC LIMIT ?2"),
            [contact.0, limit(most)],
            |row| Ok((slug(row, AT + 14)?, record(row)?)),
        )
    }
}
