//! The port of personal texts.

use crate::outbox::facts::{permission, permitted};
use crate::rows::{self, PERSON_COLUMNS, count, person_columns, unreadable};
use crate::unit::{SqliteUnit, limit};
use rusqlite::{Row, params};
use tg_core::ids::{CampaignId, ContactId, DeliveryId, TemplateId};
use tg_core::money::Money;
use tg_core::personal::{
    Draft, Fallback, Limits, Personal, Tally, UNAPPROVED, UNWRITTEN, Usage, Words,
};
use tg_core::ports::{DraftRecord, NewDraft, PersonalStore, StoreError, Unwritten};
use tg_core::time::Timestamp;

/// Rows that wait for a text, as many of each account: read off `deliveries_planned`, behind all
/// that is due.
pub(crate) const UNWRITTEN_ROWS: &str = concat!(
    "SELECT ",
    person_columns!(),
    ", d.id, d.contact_id, ",
    permitted!(),
    " FROM campaigns k
      CROSS JOIN campaign_accounts a ON a.campaign_id = k.id
      CROSS JOIN deliveries d ON d.id IN (
          SELECT e.id FROM deliveries e INDEXED BY deliveries_planned
          WHERE e.campaign_id = k.id AND e.account_id = a.account_id AND e.state = 0
              AND e.due_at >= ?2 AND e.due_at < ?3
          ORDER BY e.due_at, e.id
          LIMIT max(1, ?4 / (SELECT count(*) FROM campaign_accounts WHERE campaign_id = ?1)))
      CROSS JOIN contacts c ON c.id = d.contact_id
      WHERE k.id = ?1 AND k.state = 'running' LIMIT ?4"
);

const STILL_UNWRITTEN: &str = concat!(
    "SELECT ",
    person_columns!(),
    ", d.id, d.contact_id, ",
    permitted!(),
    " FROM json_each(?1) j
      CROSS JOIN deliveries d ON d.id = j.value
      CROSS JOIN campaigns k ON k.id = d.campaign_id AND k.state = 'running'
      CROSS JOIN contacts c ON c.id = d.contact_id
      WHERE d.state = 0 AND d.due_at >= ?2 AND d.due_at < ?3 ORDER BY j.key"
);

/// Lets a row that waits for a text go on, by as much.
const RELEASE: &str = "UPDATE deliveries SET due_at = due_at - ?2 + ?4
     WHERE id = ?1 AND state = 0 AND due_at >= ?2 AND due_at < ?3";

const KEEPING: &str = "keeping a text";

fn unwritten(row: &Row<'_>) -> rusqlite::Result<Unwritten> {
    const AT: usize = PERSON_COLUMNS;
    Ok(Unwritten {
        delivery: DeliveryId(row.get(AT)?),
        contact: ContactId(row.get(AT + 1)?),
        person: rows::person(row, 0)?,
        permission: permission(row, AT + 2)?,
    })
}

/// A draft from its number of state, reason and text, beginning at `at`.
fn draft(row: &Row<'_>, at: usize) -> rusqlite::Result<Draft> {
    let text = || row.get::<_, String>(at + 2);
    Ok(match row.get::<_, u8>(at)? {
        1 => Draft::Written(text()?),
        2 => Draft::Approved(text()?),
        3 => Draft::Template(fallback(row, at + 1)?),
        _ => return Err(unreadable("text")),
    })
}

/// Why the template is sent.
pub(crate) fn fallback(row: &Row<'_>, column: usize) -> rusqlite::Result<Fallback> {
    Fallback::parse(row.get_ref(column)?.as_str()?).ok_or_else(|| unreadable("reason"))
}

fn personal(row: &Row<'_>) -> rusqlite::Result<Personal> {
    let currency: Option<String> = row.get(5)?;
    let money = match (row.get::<_, Option<i64>>(4)?, currency) {
        (Some(micros), Some(currency)) => {
            let currency = currency.parse().map_err(|_| unreadable("currency"))?;
            Some(Money { micros, currency })
        }
        _ => None,
    };
    let fields = row.get_ref(1)?.as_str()?;
    Ok(Personal {
        prompt: TemplateId(row.get(0)?),
        fields: fields.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect(),
        review: row.get(2)?,
        limits: Limits { tokens: row.get(3)?, money },
    })
}

fn ids(rows: &[DeliveryId]) -> String {
    serde_json::json!(rows.iter().map(|id| id.0).collect::<Vec<_>>()).to_string()
}

impl SqliteUnit<'_> {
    /// What claims of these rows say, in a campaign with personal texts: only rows with a text, or a
    /// decision against one, are among them.
    pub(crate) fn words_of(
        &self,
        rows: &[DeliveryId],
    ) -> Result<std::collections::BTreeMap<DeliveryId, Words>, StoreError> {
        let found = self.all(
            "reading texts",
            "SELECT t.delivery_id, t.state, t.reason, t.text FROM json_each(?1) j
             CROSS JOIN personal_texts t ON t.delivery_id = j.value",
            [ids(rows)],
            |row| Ok((DeliveryId(row.get(0)?), draft(row, 1)?.words())),
        )?;
        Ok(found.into_iter().collect())
    }

    fn put_draft(&self, new: &NewDraft, at: Timestamp) -> Result<bool, StoreError> {
        let (state, reason, text) = match &new.draft {
            Draft::Written(text) => (1, "", Some(text)),
            Draft::Approved(text) => (2, "", Some(text)),
            Draft::Template(reason) => (3, reason.as_str(), None),
        };
        let next = if state == 1 { UNAPPROVED.0 } else { 0 };
        let row = [new.delivery.0, UNWRITTEN.0, UNAPPROVED.0, next];
        if self.execute(KEEPING, RELEASE, row)? == 0 {
            return Ok(false);
        }
        self.execute(
            KEEPING,
            "INSERT INTO personal_texts
                (delivery_id, campaign_id, state, reason, text, tag, written_at)
             SELECT id, campaign_id, ?2, ?3, ?4, ?5, ?6 FROM deliveries WHERE id = ?1
             ON CONFLICT DO UPDATE SET state = excluded.state, reason = excluded.reason,
                 text = excluded.text, tag = excluded.tag, written_at = excluded.written_at",
            params![new.delivery.0, state, reason, text, new.tag, at.0],
        )?;
        if new.usage != Usage::default() {
            self.execute(
                KEEPING,
                "UPDATE campaign_personal SET input = input + ?2, output = output + ?3,
                     paid = paid + 1
                 WHERE campaign_id = (SELECT campaign_id FROM deliveries WHERE id = ?1)",
                [new.delivery.0, new.usage.input, new.usage.output],
            )?;
        }
        Ok(true)
    }

    fn decide_draft(&self, delivery: DeliveryId, approved: bool) -> Result<bool, StoreError> {
        let doing = "deciding about a text";
        let stored = self.optional(
            doing,
            "SELECT state, reason, text FROM personal_texts WHERE delivery_id = ?1",
            [delivery.0],
            |row| draft(row, 0),
        )?;
        let Some(next) = stored.and_then(|draft| draft.decided(approved)) else {
            return Ok(false);
        };
        let row = [delivery.0, UNAPPROVED.0, i64::MAX, 0];
        if self.execute(doing, RELEASE, row)? == 0 {
            return Ok(false);
        }
        let (state, reason) = match &next {
            Draft::Written(_) => (1, ""),
            Draft::Approved(_) => (2, ""),
            Draft::Template(reason) => (3, reason.as_str()),
        };
        self.execute(
            doing,
            "UPDATE personal_texts SET state = ?2, reason = ?3 WHERE delivery_id = ?1",
            params![delivery.0, state, reason],
        )?;
        Ok(true)
    }
}

impl PersonalStore for SqliteUnit<'_> {
    fn set_personal(
        &mut self,
        campaign: CampaignId,
        personal: &Personal,
    ) -> Result<(), StoreError> {
        let Limits { tokens, money } = &personal.limits;
        self.execute(
            "making a campaign's texts personal",
            "INSERT INTO campaign_personal
                (campaign_id, prompt_id, fields, review, tokens, money, currency)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                campaign.0,
                personal.prompt.0,
                personal.fields.join(","),
                personal.review,
                tokens,
                money.map(|money| money.micros),
                money.as_ref().map(|money| money.currency.as_str()),
            ],
        )
        .map(|_| ())
    }

    fn personal(&self, campaign: CampaignId) -> Result<Option<Personal>, StoreError> {
        self.optional(
            "reading how a campaign's texts are written",
            "SELECT prompt_id, fields, review, tokens, money, currency FROM campaign_personal
             WHERE campaign_id = ?1",
            [campaign.0],
            personal,
        )
    }

    fn unwritten(&self, campaign: CampaignId, most: usize) -> Result<Vec<Unwritten>, StoreError> {
        let row = [campaign.0, UNWRITTEN.0, UNAPPROVED.0, limit(most)];
        self.all("looking for recipients without a text", UNWRITTEN_ROWS, row, unwritten)
    }

    fn still_unwritten(&self, rows: &[DeliveryId]) -> Result<Vec<Unwritten>, StoreError> {
        let row = params![ids(rows), UNWRITTEN.0, UNAPPROVED.0];
        self.all("looking at recipients without a text", STILL_UNWRITTEN, row, unwritten)
    }

    fn reusable(&self, campaign: CampaignId, tag: [u8; 16]) -> Result<Option<String>, StoreError> {
        self.optional(
            "looking for the same question",
            "SELECT text FROM personal_texts INDEXED BY personal_texts_by_tag
             WHERE campaign_id = ?1 AND tag = ?2 AND tag IS NOT NULL AND state < 3 LIMIT 1",
            params![campaign.0, tag],
            |row| row.get(0),
        )
    }

    fn put_drafts(&mut self, drafts: &[NewDraft], at: Timestamp) -> Result<u64, StoreError> {
        self.whole(|unit| {
            let mut kept = 0;
            for draft in drafts {
                kept += u64::from(unit.put_draft(draft, at)?);
            }
            Ok(kept)
        })
    }

    fn drafts(
        &self,
        campaign: CampaignId,
        waiting: bool,
        after: Option<DeliveryId>,
        most: usize,
    ) -> Result<Vec<DraftRecord>, StoreError> {
        let after = after.map_or(i64::MIN, |id| id.0);
        let record = |row: &Row<'_>| {
            const AT: usize = PERSON_COLUMNS;
            Ok(DraftRecord {
                delivery: DeliveryId(row.get(AT)?),
                contact_label: rows::person(row, 0)?.label(),
                draft: draft(row, AT + 1)?,
                written_at: Timestamp(row.get(AT + 4)?),
            })
        };
        let sql = if waiting {
            concat!(
                "SELECT ",
                person_columns!(),
                ", t.delivery_id, t.state, t.reason, t.text, t.written_at
                 FROM personal_texts t INDEXED BY personal_texts_by_state
                 CROSS JOIN deliveries d ON d.id = t.delivery_id AND d.state = 0
                 CROSS JOIN contacts c ON c.id = d.contact_id
                 WHERE t.campaign_id = ?1 AND t.state = 1 AND t.reason = ''
                     AND t.delivery_id > ?2
                 ORDER BY t.delivery_id LIMIT ?3"
            )
        } else {
            concat!(
                "SELECT ",
                person_columns!(),
                ", t.delivery_id, t.state, t.reason, t.text, t.written_at
                 FROM deliveries d INDEXED BY deliveries_by_campaign
                 CROSS JOIN personal_texts t ON t.delivery_id = d.id
                 CROSS JOIN contacts c ON c.id = d.contact_id
                 WHERE d.campaign_id = ?1 AND d.id > ?2
                 ORDER BY d.id LIMIT ?3"
            )
        };
        self.all("reading texts", sql, [campaign.0, after, limit(most)], record)
    }

    fn decide_drafts(&mut self, rows: &[DeliveryId], approved: bool) -> Result<u64, StoreError> {
        self.whole(|unit| {
            let mut decided = 0;
            for row in rows {
                decided += u64::from(unit.decide_draft(*row, approved)?);
            }
            Ok(decided)
        })
    }

    fn draft_tally(&self, campaign: CampaignId) -> Result<Tally, StoreError> {
        let counted = self.all(
            "counting texts",
            "SELECT state, reason, count(*) FROM personal_texts
                 INDEXED BY personal_texts_by_state
             WHERE campaign_id = ?1 GROUP BY state, reason",
            [campaign.0],
            |row| {
                let reason = if row.get::<_, u8>(0)? == 3 { Some(fallback(row, 1)?) } else { None };
                Ok((row.get::<_, u8>(0)?, reason, count(row, 2)?))
            },
        )?;
        let mut tally = Tally::default();
        for (state, reason, n) in counted {
            match reason {
                Some(reason) => *tally.fallback.entry(reason).or_default() += n,
                None if state == 1 => tally.waiting += n,
                None => tally.approved += n,
            }
        }
        Ok(tally)
    }

    fn draft_usage(&self, campaign: CampaignId) -> Result<(Usage, u64), StoreError> {
        let found = self.optional(
            "reading what texts cost",
            "SELECT input, output, paid FROM campaign_personal WHERE campaign_id = ?1",
            [campaign.0],
            |row| Ok((Usage { input: row.get(0)?, output: row.get(1)? }, count(row, 2)?)),
        )?;
        Ok(found.unwrap_or_default())
    }
}
