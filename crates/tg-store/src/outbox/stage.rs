//! From members to planned deliveries, page by page.

use crate::filter::Condition;
use crate::unit::{SqliteUnit, limit};
use rusqlite::types::Value;
use rusqlite::{Params, params_from_iter};
use tg_core::campaign::CampaignState;
use tg_core::ids::{AccountId, AudienceId, CampaignId, ContactId};
use tg_core::personal::UNWRITTEN;
use tg_core::ports::{PersonalStore, SegmentStore, StagePage, StoreError};
use tg_core::time::Timestamp;

/// Common tables which deal members out to accounts. `?1` is the audience, `?2` and `?3` bound the
/// contacts, `?4` turns the deal, `?5` lists all accounts and `?6` those that are dealt to, as JSON;
/// the parameters of `chosen` follow behind those of the statement, which are up to `?8`.
/// `assigned(contact, known, dealt)`: the account that knows the person (of several, the one whose
/// turn it is), and the one whose turn it is among those that may ask for anybody.
///
/// Whole rounds of a page are dealt in runs of neighbours: what an account claims at once then lies
/// on few pages of the database. A run is at most the 64 rows of a claim, and an eighth of what an
/// account gets of a page, so that each gets its share of those who stand together in a list. What
/// is left over is dealt one by one: everybody gets as many as if all had been.
pub(super) fn assigned(chosen: Option<&Condition>) -> String {
    let (join, condition) = match chosen {
        None => ("", "true"),
        Some(condition) => ("JOIN contacts c ON c.id = m.contact_id", condition.sql.as_str()),
    };
    // tidy: sql-constant
    format!(
        "WITH every (n, account) AS MATERIALIZED (SELECT key, value FROM json_each(?5)),
         pool (n, account) AS MATERIALIZED (SELECT key, value FROM json_each(?6)),
         hands (n) AS MATERIALIZED (SELECT max(count(*), 1) FROM pool),
         numbered (contact, n, rows) AS (
             SELECT m.contact_id, row_number() OVER (ORDER BY m.contact_id) - 1, count(*) OVER ()
             FROM members m {join}
             WHERE m.audience_id = ?1 AND m.contact_id > ?2 AND m.contact_id <= ?3 AND {condition}),
         run (contact, n, rows, length) AS (
             SELECT contact, r.n, rows, min(max(rows / (8 * hands.n), 1), 64)
             FROM numbered r CROSS JOIN hands),
         page (contact, n, dealt) AS MATERIALIZED (
             SELECT contact, r.n + ?4,
                 CASE WHEN r.n < rows / (length * hands.n) * (length * hands.n)
                     THEN r.n % (length * hands.n) / length ELSE r.n END + ?4
             FROM run r CROSS JOIN hands),
         assigned (contact, known, dealt) AS (
             SELECT page.contact,
                 (SELECT account FROM (
                      SELECT e.account, (e.n - page.n % (SELECT count(*) FROM every)
                          + (SELECT count(*) FROM every)) % (SELECT count(*) FROM every) AS turn
                      FROM peers p CROSS JOIN every e ON e.account = p.account_id
                      WHERE p.user_id = c.user_id)
                  ORDER BY turn LIMIT 1),
                 pool.account
             FROM page
             JOIN contacts c ON c.id = page.contact
             LEFT JOIN pool ON pool.n = page.dealt % (SELECT n FROM hands))"
    )
}

/// The number of the first parameter of a choice.
const CHOSEN: usize = 9;

/// The accounts of a campaign as [`assigned`] takes them.
pub(super) struct Hands {
    /// All of them, as JSON.
    pub(super) every: String,
    /// Those that are dealt to, as JSON: a bot cannot write first to somebody who never started
    /// it, so bots are dealt to only if there is nobody else.
    pub(super) dealt: String,
    /// How many are dealt to.
    pub(super) count: i64,
    /// Whether any can ask Telegram about somebody it does not know.
    pub(super) may_resolve: bool,
}

/// Where a page of an audience's members begins.
#[derive(Clone, Copy)]
pub(super) struct MemberPage(Option<ContactId>);

impl MemberPage {
    pub(super) const fn first() -> Self {
        Self(None)
    }

    pub(super) const fn after(contact: ContactId) -> Self {
        Self(Some(contact))
    }

    /// The contact before the first, as a bound of rows.
    pub(super) fn begin(self) -> i64 {
        self.0.map_or(i64::MIN, |id| id.0)
    }

    /// Whose turn it is among `hands`. Every page begins where the one before it stopped dealing, as
    /// far as rows are without gaps; with gaps it begins anywhere, which is as even.
    pub(super) fn turn(self, hands: i64) -> i64 {
        self.0.map_or(0, |id| id.0.rem_euclid(hands.max(1)))
    }
}

/// The parameters of a statement and, behind them, those of a choice.
pub(super) fn with_choice(front: [Value; 8], chosen: Option<Condition>) -> impl Params {
    params_from_iter(front.into_iter().chain(chosen.into_iter().flat_map(|c| c.values)))
}

impl SqliteUnit<'_> {
    /// The last member of a full page; none if the rest fits.
    pub(super) fn member_page_end(
        &self,
        audience: AudienceId,
        page: MemberPage,
        most: usize,
    ) -> Result<Option<ContactId>, StoreError> {
        self.optional(
            "reading a page of members",
            "SELECT contact_id FROM members WHERE audience_id = ?1 AND contact_id > ?2
             ORDER BY contact_id LIMIT 1 OFFSET ?3",
            [audience.0, page.begin(), limit(most) - 1],
            |row| row.get(0).map(ContactId),
        )
    }

    /// Whom of its audience a campaign is for, as a condition of [`assigned`].
    pub(super) fn chosen_for(
        &self,
        campaign: CampaignId,
        now: Timestamp,
    ) -> Result<Option<Condition>, StoreError> {
        let filter = self.campaign_filter(campaign)?;
        Ok(filter.map(|chosen| Condition::of(&chosen.filter, CHOSEN, now)))
    }

    pub(super) fn hands(&self, accounts: &[AccountId]) -> Result<Hands, StoreError> {
        let every: Vec<i64> = accounts.iter().map(|id| id.0).collect();
        let people = self.all(
            "reading a campaign's accounts",
            "SELECT j.value FROM json_each(?1) j JOIN accounts a ON a.id = j.value
             WHERE NOT a.is_bot ORDER BY j.key",
            [serde_json::json!(every).to_string()],
            |row| row.get::<_, i64>(0),
        )?;
        let may_resolve = !people.is_empty();
        let dealt = if may_resolve { people } else { every.clone() };
        Ok(Hands {
            every: serde_json::json!(every).to_string(),
            count: limit(dealt.len()),
            dealt: serde_json::json!(dealt).to_string(),
            may_resolve,
        })
    }

    pub(super) fn stage_page(
        &self,
        campaign: CampaignId,
        accounts: &[AccountId],
        after: Option<ContactId>,
        most: usize,
        at: Timestamp,
    ) -> Result<StagePage, StoreError> {
        let doing = "staging deliveries";
        let stored = self.campaign(campaign)?;
        let refuse = |detail: String| Err(StoreError::Backend { doing, detail });
        if !matches!(stored.state, CampaignState::Draft | CampaignState::Scheduled) {
            return refuse(format!("the campaign is {}", stored.state.as_str()));
        }
        if accounts.is_empty() || most == 0 {
            return refuse("there is nothing to deal out".to_owned());
        }
        let hands = self.hands(accounts)?;
        let page = MemberPage(after);
        let end = self.member_page_end(stored.audience, page, most)?;
        let held = self.personal(campaign)?.map_or(0, |_| UNWRITTEN.0);
        // Who needs no question comes first: due time 0 before 1, both long past.
        let chosen = self.chosen_for(campaign, at)?;
        // tidy: sql-constant
        let sql = format!(
            "{} INSERT INTO deliveries (campaign_id, contact_id, account_id, state, due_at,
                 planned_at)
             SELECT ?7, contact, coalesce(known, dealt), 0, (known IS NULL) + {held}, ?8
             FROM assigned WHERE true
             ORDER BY contact
             ON CONFLICT (campaign_id, contact_id) DO NOTHING",
            assigned(chosen.as_ref())
        );
        let front: [Value; 8] = [
            stored.audience.0.into(),
            page.begin().into(),
            end.map_or(i64::MAX, |id| id.0).into(),
            page.turn(hands.count).into(),
            hands.every.into(),
            hands.dealt.into(),
            campaign.0.into(),
            at.0.into(),
        ];
        let staged = self.execute(doing, &sql, with_choice(front, chosen))?;
        self.add_recipients(campaign, staged)?;
        Ok(StagePage { staged: u64::try_from(staged).unwrap_or(u64::MAX), next: end })
    }
}
