//! What claiming and settling cost with few and with many rows behind them.
//!
//! `claim_cost FEW MANY ROUNDS` makes two homes in a temporary folder, with so many planned rows of
//! which every second is not yet due, takes turns between them, and prints one line of JSON per
//! round: microseconds per row, for the statements alone and with their commits.

use rusqlite::Connection;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tg_core::campaign::{CampaignState, Pace};
use tg_core::delivery::{Body, Candidate, Claim, ClaimedPart, Event, Move};
use tg_core::ids::{AccountId, CampaignId, Epoch, MessageId, RandomId, Slug, UserId};
use tg_core::ports::{AuditKey, ClaimBatch, NewAccount, NewCampaign, Store, StoreError, Unit};
use tg_core::time::Timestamp;
use tg_store::{HomeLock, OpenOptions, SqliteStore};
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_800_000_000_000);
/// Rows of one claim, as the engine claims them.
const BATCH: usize = 64;
/// Turns of one round.
const TURNS: i64 = 8;
const ACCOUNTS: i64 = 4;

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Nothing here is audited.
struct NoKey;

impl AuditKey for NoKey {
    fn chain(&self, previous: &[u8; 32], _row: &[u8]) -> [u8; 32] {
        *previous
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Fallible<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [few, many, rounds] = args.as_slice() else {
        return Err("usage: claim_cost FEW MANY ROUNDS".into());
    };
    let folder = tempfile::tempdir()?;
    let few = Home::make(&folder.path().join("few"), few.parse()?).await?;
    let many = Home::make(&folder.path().join("many"), many.parse()?).await?;
    for round in 0..rounds.parse::<i64>()? {
        let few = few.measure(round).await?;
        let many = many.measure(round).await?;
        let line = serde_json::json!({ "few": few, "many": many });
        writeln!(std::io::stdout(), "{line}")?;
    }
    Ok(())
}

struct Home {
    store: Arc<dyn Store>,
    campaign: CampaignId,
    epoch: Epoch,
}

impl Home {
    async fn make(folder: &Path, rows: i64) -> Fallible<Self> {
        std::fs::create_dir(folder)?;
        let path = folder.join("tg.db");
        let options = OpenOptions::new(path.clone(), folder.join("claims.mark"), Arc::new(NoKey));
        let lock = HomeLock::acquire(folder)?;
        let store = SqliteStore::create(&options, &lock, Uuid::from_u128(7), NOW)?;
        let store: Arc<dyn Store> = Arc::new(store);
        let campaign = store.write(prepare).await?;
        fill(&path, rows)?;
        let epoch = store.write(|unit| unit.begin_epoch()).await?;
        Ok(Self { store, campaign, epoch })
    }

    /// Claims and settles for [`TURNS`] turns.
    async fn measure(&self, round: i64) -> Fallible<serde_json::Value> {
        let (mut rows, mut inside, mut whole) = (0, Duration::ZERO, Duration::ZERO);
        for turn in 0..TURNS {
            let account = AccountId((round * TURNS + turn) % ACCOUNTS + 1);
            let (campaign, epoch) = (self.campaign, self.epoch);
            let start = Instant::now();
            let (claimed, spent) = self
                .store
                .write(move |unit| timed(|| claim(unit, epoch, campaign, account)))
                .await?;
            inside += spent;
            let n = claimed.len();
            if n < BATCH {
                return Err("the smaller home has too few rows for so many rounds".into());
            }
            let moves = settlements(&claimed);
            let settle =
                self.store.write(move |unit| timed(|| unit.settle(epoch, &moves, NOW))).await?;
            inside += settle.1;
            whole += start.elapsed();
            rows += n;
        }
        let per_row = |span: Duration| {
            span.as_secs_f64() * 1e6 / f64::from(u32::try_from(rows).unwrap_or(u32::MAX))
        };
        Ok(
            serde_json::json!({ "statements_us": per_row(inside), "with_commit_us": per_row(whole) }),
        )
    }
}

fn timed<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<(T, Duration), StoreError> {
    let start = Instant::now();
    let done = work()?;
    Ok((done, start.elapsed()))
}

fn claim(
    unit: &mut dyn Unit,
    epoch: Epoch,
    campaign: CampaignId,
    account: AccountId,
) -> Result<Vec<Candidate>, StoreError> {
    let due = unit.candidates(campaign, account, NOW, BATCH)?;
    let claims = due.iter().filter_map(|row| {
        let body = Body::text(&format!("Hi {}", row.person.first_name));
        let part = ClaimedPart { body, random_id: RandomId(row.delivery.0), album: Vec::new() };
        let (delivery, peer, parts) = (row.delivery, row.peer?, vec![part]);
        Some(Claim { delivery, campaign, peer, variant: None, parts })
    });
    let claims = claims.collect();
    unit.claim(&ClaimBatch { epoch, account, at: NOW, claims, moves: Vec::new() })?;
    Ok(due)
}

fn settlements(claimed: &[Candidate]) -> Vec<Move> {
    let delivered = |row: &Candidate| Move {
        delivery: row.delivery,
        event: Event::Delivered,
        due_at: None,
        message_id: i32::try_from(row.delivery.0).ok().map(MessageId),
    };
    claimed.iter().map(delivered).collect()
}

fn prepare(unit: &mut dyn Unit) -> Result<CampaignId, StoreError> {
    let slug = |name: String| Slug::parse(&name).expect("a slug");
    let mut accounts = Vec::new();
    for n in 0..ACCOUNTS {
        let account = NewAccount {
            name: slug(format!("account-{n}")),
            user_id: UserId(1 + n),
            is_bot: false,
            phone: None,
            loopback: true,
        };
        accounts.push(unit.add_account(&account, NOW)?);
    }
    let audience = unit.ensure_audience(&slug("all".to_owned()), &[], NOW)?.id;
    let text = tg_core::template::Text::new("Hi", tg_core::template::Format::Markdown);
    let template = unit.add_template(&slug("hello".to_owned()), &text, NOW)?;
    let campaign = NewCampaign {
        name: slug("spring".to_owned()),
        uuid: Uuid::from_u128(9),
        audience,
        template,
        variants: Vec::new(),
        accounts,
        pace: Pace::Unlimited,
    };
    let id = unit.create_campaign(&campaign, NOW)?;
    unit.set_campaign_state(id, CampaignState::Running, None, NOW)?;
    Ok(id)
}

/// People, consents, addresses and planned deliveries, as importing and staging would have left
/// them, but by one statement per table: ten million rows are made in minutes, not hours.
fn fill(path: &Path, rows: i64) -> rusqlite::Result<()> {
    let conn = Connection::open(path)?;
    conn.execute_batch(
        "PRAGMA synchronous = OFF; BEGIN; INSERT INTO consent_sources VALUES (1, 'asked')",
    )?;
    let each = |sql: &str| conn.execute(sql, [rows]).map(drop);
    each(concat!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) ",
        "INSERT INTO contacts SELECT i, printf('user%d', i), printf('+4915%09d', i), 1000000 + i,
             'First', 'Last', 'en', 'Europe/Berlin', '{\"city\":\"Berlin\"}', 0, 0 FROM n"
    ))?;
    each(
        "INSERT INTO members (audience_id, contact_id, source_id, consented_at, import)
         SELECT 1, id, 1, 0, 1 FROM contacts WHERE id <= ?1",
    )?;
    each("INSERT INTO peers SELECT 1000000 + id, 1 + id % 4, 77 FROM contacts WHERE id <= ?1")?;
    // Every second row of each account is due only much later.
    each(
        "INSERT INTO deliveries (campaign_id, contact_id, account_id, state, due_at, planned_at)
         SELECT 1, id, 1 + id % 4, 0, CASE WHEN id / 4 % 2 THEN 4000000000000 ELSE 0 END, 0
         FROM contacts WHERE id <= ?1",
    )?;
    conn.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
}
