//! The port of campaigns.

use crate::rows::{campaign_state, slug, time, unreadable, uuid};
use crate::unit::{SqliteUnit, missing};
use rusqlite::{Row, params};
use tg_core::campaign::{Campaign, CampaignState, Pace, Variant};
use tg_core::ids::{AccountId, AudienceId, CampaignId, Slug, TemplateId};
use tg_core::ports::{CampaignStore, NewCampaign, StoreError};
use tg_core::time::Timestamp;

const SELECT: &str = "SELECT id, name, uuid, audience_id, template_id, pace, state, note,
    created_at, started_at, finished_at,
    (SELECT json_group_array(account_id) FROM
        (SELECT account_id FROM campaign_accounts a WHERE a.campaign_id = k.id
         ORDER BY account_id)),
    (SELECT json_group_array(json_array(name, template_id, weight)) FROM
        (SELECT name, template_id, weight FROM campaign_variants v
         WHERE v.campaign_id = k.id ORDER BY n))
    FROM campaigns k";

fn campaign(row: &Row<'_>) -> rusqlite::Result<Campaign> {
    let accounts: Vec<i64> = serde_json::from_str(row.get_ref(11)?.as_str()?)
        .map_err(|_| unreadable("set of accounts"))?;
    let variants: Vec<(String, i64, u32)> = serde_json::from_str(row.get_ref(12)?.as_str()?)
        .map_err(|_| unreadable("set of variants"))?;
    Ok(Campaign {
        id: CampaignId(row.get(0)?),
        name: slug(row, 1)?,
        uuid: uuid(row, 2)?,
        audience: AudienceId(row.get(3)?),
        template: TemplateId(row.get(4)?),
        variants: variants
            .into_iter()
            .map(|(name, template, weight)| Variant {
                name,
                template: TemplateId(template),
                weight,
            })
            .collect(),
        accounts: accounts.into_iter().map(AccountId).collect(),
        pace: Pace::parse(row.get_ref(5)?.as_str()?).ok_or_else(|| unreadable("pace"))?,
        state: campaign_state(row, 6)?,
        note: row.get(7)?,
        created_at: Timestamp(row.get(8)?),
        started_at: time(row, 9)?,
        finished_at: time(row, 10)?,
    })
}

impl SqliteUnit<'_> {
    /// A campaign by row.
    pub(crate) fn campaign(&self, id: CampaignId) -> Result<Campaign, StoreError> {
        // tidy: sql-constant
        let sql = format!("{SELECT} WHERE id = ?1");
        self.optional("reading a campaign", &sql, [id.0], campaign)?
            .ok_or_else(|| missing("campaign", id))
    }
}

impl CampaignStore for SqliteUnit<'_> {
    fn create_campaign(
        &mut self,
        campaign: &NewCampaign,
        at: Timestamp,
    ) -> Result<CampaignId, StoreError> {
        let doing = "making a campaign";
        self.whole(|unit| {
            let id = unit.add(doing, "campaign", campaign.name.as_str(), |conn| {
                conn.prepare_cached(
                    "INSERT INTO campaigns
                        (name, uuid, audience_id, template_id, pace, state, created_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .insert(params![
                    campaign.name.as_str(),
                    campaign.uuid.as_bytes(),
                    campaign.audience.0,
                    campaign.template.0,
                    campaign.pace.as_str(),
                    CampaignState::Draft.as_str(),
                    at.0,
                ])
            })?;
            for account in &campaign.accounts {
                unit.execute(
                    doing,
                    "INSERT OR IGNORE INTO campaign_accounts (campaign_id, account_id)
                     VALUES (?1, ?2)",
                    [id, account.0],
                )?;
            }
            for (n, variant) in (0u16..).zip(&campaign.variants) {
                unit.add(doing, "variant", &variant.name, |conn| {
                    conn.prepare_cached(
                        "INSERT INTO campaign_variants (campaign_id, n, name, template_id, weight)
                         VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?
                    .execute(params![
                        id,
                        n,
                        variant.name,
                        variant.template.0,
                        variant.weight
                    ])
                })?;
            }
            Ok(CampaignId(id))
        })
    }

    fn campaign_named(&self, name: &Slug) -> Result<Option<Campaign>, StoreError> {
        // tidy: sql-constant
        let sql = format!("{SELECT} WHERE name = ?1");
        self.optional("reading a campaign", &sql, [name.as_str()], campaign)
    }

    fn campaigns(&self, states: &[CampaignState]) -> Result<Vec<Campaign>, StoreError> {
        // tidy: sql-constant
        let sql = format!("{SELECT} ORDER BY id");
        let mut all = self.all("reading campaigns", &sql, [], campaign)?;
        // A home has tens of campaigns: not worth a statement per set of states.
        all.retain(|campaign| states.is_empty() || states.contains(&campaign.state));
        Ok(all)
    }

    fn set_campaign_state(
        &mut self,
        campaign: CampaignId,
        state: CampaignState,
        note: Option<&str>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let begins = state == CampaignState::Running;
        let ends = matches!(state, CampaignState::Finished | CampaignState::Canceled);
        let changed = self.execute(
            "changing a campaign's state",
            "UPDATE campaigns SET state = ?2, note = ?3,
                started_at = CASE WHEN ?5 THEN coalesce(started_at, ?4) ELSE started_at END,
                finished_at = CASE WHEN ?6 THEN ?4 ELSE NULL END
             WHERE id = ?1",
            params![campaign.0, state.as_str(), note, at.0, begins, ends],
        )?;
        if changed == 0 { Err(missing("campaign", campaign)) } else { Ok(()) }
    }
}
