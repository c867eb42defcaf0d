//! Importing and planning, against what SQLite needs for the bare rows; and `campaign status`.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::claims::FEW;
use super::figure::{Bar, Figure};
use super::measure::{self, ms};
use super::people;
use super::programs::{Programs, sqlite3};
use super::world::{Home, Sim, text};

/// Accounts that the rows are dealt out to.
const ACCOUNTS: u32 = 20;
/// What `campaign start` does without everything else it does, with the settings of our store.
const BARE: &str =
    "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA cache_size = -16384;
PRAGMA wal_autocheckpoint = 4000;
INSERT INTO deliveries (campaign_id, contact_id, account_id, state, due_at, planned_at)
SELECT 1, contact_id, 1 + contact_id % 20, 0, 0, 0 FROM members WHERE audience_id = 1;";

/// Imports `rows` people and plans a campaign to them, `rounds` times, and asks where it stands.
pub(super) fn bulk(programs: &Programs, rows: u64, rounds: u32) -> Result<Vec<Figure>> {
    let sim = Sim::start(programs, ACCOUNTS, 1)?;
    let folder = tempfile::tempdir()?;
    let list = folder.path().join("people.csv");
    people::write(&list, rows)?;
    let (mut imports, mut plans, mut peaks) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = None;
    for _ in 0..rounds {
        let home = ready(programs, &sim)?;
        let (ours, peak) = import(&home, &list)?;
        peaks.push(peak);
        imports.push((ms(ours), ms(bare_import(folder.path(), &list)?)));
        home.draft("spring")?;
        let copy = folder.path().join("copy.db");
        std::fs::copy(home.database(), &copy)?;
        let ours = home.tg(&["campaign", "start", "spring"])?.spent.wall;
        plans.push((ms(ours), ms(bare_plan(&copy, rows)?)));
        last = Some(home);
    }
    let mut figures = vec![
        Figure::ratio(
            format!("import of {rows} rows / sqlite3 .import"),
            "ms",
            imports,
            Bar::AtMost(3.0),
        ),
        Figure::ratio(
            format!("planning {rows} deliveries / the bare INSERT … SELECT"),
            "ms",
            plans,
            Bar::AtMost(2.0),
        ),
    ];
    if let Some(many) = last {
        figures.extend(compare_with_few(programs, &sim, &many, rows, &peaks, rounds)?);
    }
    Ok(figures)
}

/// What costs the same, or should, in a home of [`FEW`] people.
fn compare_with_few(
    programs: &Programs,
    sim: &Sim,
    many: &Home<'_>,
    rows: u64,
    peaks: &[f64],
    rounds: u32,
) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let list = folder.path().join("people.csv");
    people::write(&list, FEW)?;
    let few = ready(programs, sim)?;
    let (_, small_peak) = import(&few, &list)?;
    few.draft("spring")?;
    few.tg(&["campaign", "start", "spring"])?;
    let status = |home: &Home<'_>| -> Result<f64> {
        Ok(ms(home.tg(&["campaign", "status", "spring"])?.spent.wall))
    };
    let mut pairs = Vec::new();
    for _ in 0..rounds {
        pairs.push((status(many)?, status(&few)?));
    }
    let peaks = peaks.iter().map(|peak| (*peak, small_peak)).collect();
    Ok(vec![
        Figure::difference(
            format!("memory at the end of an import: {rows} rows - {FEW}"),
            "MiB",
            peaks,
            Bar::AtMost(20.0),
        ),
        Figure::ratio(format!("campaign status: {rows} rows / {FEW}"), "ms", pairs, Bar::None),
    ])
}

fn ready<'a>(programs: &'a Programs, sim: &Sim) -> Result<Home<'a>> {
    let home = Home::new(programs)?;
    home.tg(&["account", "import", &text(&sim.file("accounts.json"))])?;
    Ok(home)
}

/// Imports a list through `time`, which knows the largest resident memory of what it ran, MiB.
fn import(home: &Home<'_>, list: &Path) -> Result<(Duration, f64)> {
    let peak_file = home.path("peak");
    let tg = home.command(&[]);
    let mut command = std::process::Command::new("/usr/bin/time");
    command.args(["-f", "%M", "-o"]).arg(&peak_file).arg(tg.get_program());
    command.args(["audience", "import", "friends"]).arg(list).args(["--consent", "asked us to"]);
    command.env("TG_HOME", home.path("home"));
    let done = measure::run(&mut command)?;
    let kib: f64 = std::fs::read_to_string(peak_file)?.trim().parse()?;
    Ok((done.spent.wall, kib / 1024.0))
}

fn bare_import(folder: &Path, list: &Path) -> Result<Duration> {
    let database = folder.join("imported.db");
    let import = format!(".import --csv {} people", text(list));
    let done = measure::run(sqlite3()?.arg(&database).arg(import))?;
    std::fs::remove_file(database)?;
    Ok(done.spent.wall)
}

fn bare_plan(copy: &Path, rows: u64) -> Result<Duration> {
    let done = measure::run(sqlite3()?.arg(copy).arg(BARE))?;
    let count = measure::run(sqlite3()?.arg(copy).arg("SELECT count(*) FROM deliveries"))?.out;
    ensure!(count.trim() == rows.to_string(), "the copy has {} deliveries", count.trim());
    for ending in ["", "-wal", "-shm"] {
        let path = format!("{}{ending}", text(copy));
        if Path::new(&path).exists() {
            std::fs::remove_file(path)?;
        }
    }
    Ok(done.spent.wall)
}
