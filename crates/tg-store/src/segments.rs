//! The port of filters: their names, those of campaigns, and whom they choose.

use crate::contacts::{contact, select_contact};
use crate::filter::Condition;
use crate::rows::{count, slug, unreadable};
use crate::unit::{SqliteUnit, limit};
use rusqlite::types::Value;
use rusqlite::{Row, params, params_from_iter};
use tg_core::audience::Listed;
use tg_core::filter::{self, Filter};
use tg_core::ids::{CampaignId, ContactId, Slug};
use tg_core::ports::{CampaignFilter, Choice, Segment, SegmentStore, StoreError, Tagged};
use tg_core::time::Timestamp;

fn read_filter(row: &Row<'_>, column: usize) -> rusqlite::Result<Filter> {
    filter::parse(row.get_ref(column)?.as_str()?).map_err(|_| unreadable("filter"))
}

impl SqliteUnit<'_> {
    /// The rows of chosen people after a row, at most `most`.
    fn chosen_ids(
        &self,
        choice: &Choice,
        after: Option<ContactId>,
        most: usize,
    ) -> Result<Vec<ContactId>, StoreError> {
        let condition = Condition::of(&choice.filter, 4, choice.now);
        // tidy: sql-constant
        let sql = format!(
            "SELECT m.contact_id FROM members m JOIN contacts c ON c.id = m.contact_id
             WHERE m.audience_id = ?1 AND m.contact_id > ?2 AND {}
             ORDER BY m.contact_id LIMIT ?3",
            condition.sql
        );
        let after = after.map_or(i64::MIN, |id| id.0);
        let front = [choice.audience.0, after, limit(most)].map(Value::Integer);
        let params = params_from_iter(front.into_iter().chain(condition.values));
        self.all("choosing people", &sql, params, |row| row.get(0).map(ContactId))
    }
}

impl SegmentStore for SqliteUnit<'_> {
    fn add_segment(
        &mut self,
        name: &Slug,
        filter: &Filter,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.add("naming a filter", "segment", name.as_str(), |conn| {
            conn.prepare_cached(
                "INSERT INTO segments (name, filter, created_at) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![name.as_str(), filter.to_string(), at.0])
        })
        .map(|_| ())
    }

    fn segments(&self) -> Result<Vec<Segment>, StoreError> {
        let sql = "SELECT name, filter, created_at FROM segments ORDER BY name";
        self.all("reading segments", sql, [], |row| {
            Ok(Segment {
                name: slug(row, 0)?,
                filter: read_filter(row, 1)?,
                created_at: Timestamp(row.get(2)?),
            })
        })
    }

    fn remove_segment(&mut self, name: &Slug) -> Result<bool, StoreError> {
        let sql = "DELETE FROM segments WHERE name = ?1";
        self.execute("removing a segment", sql, [name.as_str()]).map(|gone| gone > 0)
    }

    fn set_campaign_filter(
        &mut self,
        campaign: CampaignId,
        filter: &CampaignFilter,
    ) -> Result<(), StoreError> {
        self.execute(
            "saying whom a campaign is for",
            "INSERT INTO campaign_filters (campaign_id, filter, segment) VALUES (?1, ?2, ?3)",
            params![
                campaign.0,
                filter.filter.to_string(),
                filter.segment.as_ref().map(Slug::as_str)
            ],
        )
        .map(|_| ())
    }

    fn campaign_filter(&self, campaign: CampaignId) -> Result<Option<CampaignFilter>, StoreError> {
        let sql = "SELECT filter, segment FROM campaign_filters WHERE campaign_id = ?1";
        self.optional("reading whom a campaign is for", sql, [campaign.0], |row| {
            let segment: Option<String> = row.get(1)?;
            let segment = segment.map(|name| Slug::parse(&name).map_err(|_| unreadable("name")));
            Ok(CampaignFilter { filter: read_filter(row, 0)?, segment: segment.transpose()? })
        })
    }

    fn count_chosen(&self, choice: &Choice) -> Result<u64, StoreError> {
        let condition = Condition::of(&choice.filter, 2, choice.now);
        // tidy: sql-constant
        let sql = format!(
            "SELECT count(*) FROM members m JOIN contacts c ON c.id = m.contact_id
             WHERE m.audience_id = ?1 AND {}",
            condition.sql
        );
        let front = [Value::Integer(choice.audience.0)];
        let params = params_from_iter(front.into_iter().chain(condition.values));
        self.one("counting chosen people", &sql, params, |row| count(row, 0))
    }

    fn chosen(
        &self,
        choice: &Choice,
        after: Option<ContactId>,
        most: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let ids: Vec<i64> =
            self.chosen_ids(choice, after, most)?.into_iter().map(|id| id.0).collect();
        let sql = select_contact("WHERE c.id IN (SELECT value FROM json_each(?1)) ORDER BY c.id");
        let ids = serde_json::json!(ids).to_string();
        let people = self.all("reading chosen people", &sql, [ids], contact)?;
        people.into_iter().map(|contact| self.permitted_on(choice.audience, contact)).collect()
    }

    fn tag_chosen(
        &mut self,
        choice: &Choice,
        add: &[Slug],
        remove: &[Slug],
        after: Option<ContactId>,
        most: usize,
    ) -> Result<Tagged, StoreError> {
        let doing = "labelling people";
        let ids: Vec<i64> =
            self.chosen_ids(choice, after, most)?.into_iter().map(|id| id.0).collect();
        let last = ids.last().filter(|_| ids.len() >= most).map(|id| ContactId(*id));
        let page = serde_json::json!(ids).to_string();
        let mut changes = 0;
        for tag in remove {
            let sql = "DELETE FROM contact_tags
                 WHERE tag = ?2 AND contact_id IN (SELECT value FROM json_each(?1))";
            changes += self.execute(doing, sql, params![page, tag.as_str()])?;
        }
        for tag in add {
            let sql = "INSERT OR IGNORE INTO contact_tags (contact_id, tag)
                 SELECT value, ?2 FROM json_each(?1)";
            changes += self.execute(doing, sql, params![page, tag.as_str()])?;
        }
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        Ok(Tagged { people: number(ids.len()), changes: number(changes), next: last })
    }
}
