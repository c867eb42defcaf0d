//! The kills: each run of the engine gets SIGKILL at its moment, and the rows that it left are looked at.

use std::collections::BTreeSet;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde::Serialize;

use super::draw::{Draw, Moment};
use super::incidents::Incidents;
use super::world::World;
use crate::shell::say;

/// Between two looks at the call count.
const GLANCE: Duration = Duration::from_micros(500);
/// Calls come many times a second; a run without its moment for this long has stopped working. Longer
/// than a call's timeout and a few imposed waits.
const PATIENCE: Duration = Duration::from_secs(120);

/// The rows that one kill met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Met {
    /// Calls that the run had made, of the kind that was counted.
    pub(super) calls: u64,
    /// Not claimed by anybody.
    pub(super) planned: u64,
    /// Claimed, and the message is not there.
    pub(super) claimed_undelivered: u64,
    /// Claimed, and the message is there: the ledger does not know yet.
    pub(super) claimed_delivered: u64,
    /// Claimed by the run that was killed, not by one before it; among the claimed.
    pub(super) fresh: u64,
    /// Settled as sent.
    pub(super) sent: u64,
    /// Settled otherwise.
    pub(super) other: u64,
}

impl Met {
    /// Rows of which a copy may have been under way.
    pub(super) const fn claimed(&self) -> u64 {
        self.claimed_undelivered + self.claimed_delivered
    }
}

/// Kills the engine so many times, in a campaign with so many recipients; a few times less if the
/// campaign is over before the last kills.
///
/// # Errors
/// If the campaign is over before nine in ten of them, or the engine fails or stops working by itself.
pub(super) fn kill(
    world: &mut World,
    draw: &mut Draw,
    incidents: &mut Incidents,
    kills: u64,
    recipients: u64,
) -> Result<Vec<Met>> {
    let mut met = Vec::new();
    let mut claimed = BTreeSet::new();
    let mut open = recipients;
    for number in 1..=kills {
        let moment = draw.moment(open, kills - number + 1);
        incidents.before(world)?;
        let Some(calls) = run_and_kill(world, moment, incidents)? else {
            if number * 10 < kills * 9 {
                bail!(
                    "the campaign was over after {} of {kills} kills: more --recipients",
                    number - 1
                );
            }
            break;
        };
        let look = look(world, calls, &mut claimed)?;
        open = look.planned + look.claimed_undelivered;
        met.push(look);
        if number.is_multiple_of(25) && number < kills {
            let sent = met.last().map_or(0, |last| last.sent);
            say(&format!("   {number} of {kills} kills, {sent} sent"));
        }
    }
    Ok(met)
}

/// Kills a run at its moment; says how many calls that was. None: it had ended by itself.
fn run_and_kill(
    world: &mut World,
    moment: Moment,
    incidents: &mut Incidents,
) -> Result<Option<u64>> {
    let before = world.control.stats()?.calls(moment.method);
    let mut engine = world.engine()?;
    let half = Moment { calls: moment.calls.div_ceil(2), ..moment };
    let calls = match wait_for(world, &mut engine, before, half) {
        Ok(Some(_)) => {
            incidents.midway(world).and_then(|()| wait_for(world, &mut engine, before, moment))
        }
        ended => ended,
    };
    // SIGKILL. It has no say in it, and what it has not written yet is gone.
    engine.kill()?;
    let status = engine.wait()?;
    match calls? {
        Some(calls) => Ok(Some(calls)),
        None if status.success() => Ok(None),
        None => bail!("tg run ended with {status} by itself:\n{}", world.last_words()),
    }
}

fn wait_for(
    world: &mut World,
    engine: &mut Child,
    before: u64,
    moment: Moment,
) -> Result<Option<u64>> {
    let start = Instant::now();
    loop {
        let calls = world.control.stats()?.calls(moment.method) - before;
        if calls >= moment.calls {
            return Ok(Some(calls));
        }
        if engine.try_wait()?.is_some() {
            return Ok(None);
        }
        if start.elapsed() > PATIENCE {
            bail!("tg run stopped working, waiting for {moment:?}:\n{}", world.last_words());
        }
        sleep(GLANCE);
    }
}

/// What the ledger says about every recipient, beside the journal. `claimed` are the claims that the
/// last look saw, by random id.
fn look(world: &mut World, calls: u64, claimed: &mut BTreeSet<String>) -> Result<Met> {
    let rows = world.rows()?;
    let journal = world.journal.messages()?;
    let mut met = Met { calls, ..Met::default() };
    let mut seen = BTreeSet::new();
    for row in rows {
        if row.is_claimed() {
            if row.user_id.is_some_and(|user| journal.contains_key(&user)) {
                met.claimed_delivered += 1;
            } else {
                met.claimed_undelivered += 1;
            }
            let id = row.random_id.unwrap_or_default();
            met.fresh += u64::from(!claimed.contains(&id));
            seen.insert(id);
        } else if row.is_open() {
            met.planned += 1;
        } else if row.outcome == "sent" {
            met.sent += 1;
        } else {
            met.other += 1;
        }
    }
    *claimed = seen;
    Ok(met)
}
