//! What happens beside the kills: proxies that die, go silent and come back, lines that go dead, accounts
//! that move to another data centre, are frozen and banned.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Value, json};

use super::draw::{Draw, SEND};
use super::world::World;

/// A kind of incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(super) enum With {
    /// Each account behind a proxy of its own, which dies, goes silent, comes back, is replaced
    Proxies,
    /// Lines that go dead without being cut; the run after the last kill has to notice by itself
    HalfOpen,
    /// Accounts that move to another data centre and back while they send
    Moves,
    /// One account that is banned and one that is frozen while they have messages in hand
    Bans,
    /// All of them
    All,
}

/// Accounts that are banned or frozen.
const GONE: u32 = 2;
/// Data centres of the simulated Telegram; accounts live at them in turns.
const DCS: [i32; 2] = [2, 4];
/// Runs of the engine that a proxy stays away.
const AWAY: u32 = 2;

/// How often what happened.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Tally {
    died: u64,
    fell_silent: u64,
    replaced: u64,
    /// Accounts that moved to another data centre, or back.
    moved: u64,
    banned: u64,
    frozen: u64,
}

/// The incidents of one chaos run.
#[derive(Debug)]
pub(super) struct Incidents {
    with: Vec<With>,
    accounts: u32,
    share: u64,
    draw: Draw,
    /// Proxies that are away, and for how many further runs.
    away: BTreeMap<String, u32>,
    tally: Tally,
}

impl Incidents {
    /// # Errors
    /// If there are too few accounts for what is to happen to them.
    pub(super) fn new(with: &[With], accounts: u32, recipients: u32, seed: u64) -> Result<Self> {
        let mut with = with.to_vec();
        if with.contains(&With::All) {
            with = vec![With::Proxies, With::HalfOpen, With::Moves, With::Bans];
        }
        if with.contains(&With::Bans) && accounts < 2 * GONE {
            bail!("--with bans needs --accounts {} or more", 2 * GONE);
        }
        let share = u64::from(recipients / accounts.max(1));
        // Not the numbers that the kills are drawn from.
        let draw = Draw::new(!seed);
        let (away, tally) = (BTreeMap::new(), Tally::default());
        Ok(Self { with, accounts, share, draw, away, tally })
    }

    pub(super) fn has(&self, what: With) -> bool {
        self.with.contains(&what)
    }

    /// How many proxies the world needs: one for each account, and spares.
    pub(super) fn proxies(&self) -> u32 {
        if self.has(With::Proxies) { self.accounts + self.accounts.div_ceil(2) } else { 0 }
    }

    /// The account that is banned, if one is.
    pub(super) fn banned(&self) -> Option<String> {
        self.has(With::Bans).then(|| self.account(self.accounts))
    }

    fn frozen(&self) -> Option<String> {
        self.has(With::Bans).then(|| self.account(self.accounts - 1))
    }

    /// The name of an account, by its number from 1, as the simulator gives it.
    fn account(&self, number: u32) -> String {
        let width = self.accounts.to_string().len().max(2);
        format!("acc{number:0width$}")
    }

    /// Rules for the simulator, to stand before all others: each acts once, at a call that is drawn.
    pub(super) fn rules(&mut self) -> Vec<Value> {
        let mut rules = Vec::new();
        let quarter = (self.share / 4).max(1);
        let send = |account: &str, nth: u64, action: Value| json!({"on": {"method": SEND, "account": account, "nth": nth}, "do": action});
        if let (Some(banned), Some(frozen)) = (self.banned(), self.frozen()) {
            let freeze = json!({"freeze":
                {"until": "2030-01-01T00:00:00Z", "appeal_url": "https://t.me/spambot"}});
            rules.push(send(&banned, quarter + self.draw.below(quarter), json!({"ban": true})));
            rules.push(send(&frozen, quarter + self.draw.below(quarter), freeze));
        }
        if self.has(With::Moves) {
            let gone = if self.has(With::Bans) { GONE } else { 0 };
            for number in 1..=self.accounts - gone {
                let name = self.account(number);
                let home = if number % 2 == 1 { DCS } else { [DCS[1], DCS[0]] };
                let there = quarter + self.draw.below(quarter);
                let back = there + quarter + self.draw.below(quarter);
                rules.push(send(&name, there, json!({"move": home[1]})));
                rules.push(send(&name, back, json!({"move": home[0]})));
            }
        }
        if self.has(With::HalfOpen) {
            for moment in ["before", "after"] {
                rules.push(json!({
                    "on": {"method": SEND, "probability": 0.001}, "do": {"mute": moment}
                }));
            }
        }
        rules
    }

    /// Before a run of the engine: proxies that were away long enough come back.
    pub(super) fn before(&mut self, world: &mut World) -> Result<()> {
        let mut back = Vec::new();
        self.away.retain(|name, runs| {
            *runs = runs.saturating_sub(1);
            if *runs == 0 {
                back.push(name.clone());
            }
            *runs > 0
        });
        for name in back {
            world.control.set_proxy(&name, "up")?;
            // Or it would stay among those that failed, which are not handed out.
            world.ask(&format!("proxy check {name}"))?;
        }
        Ok(())
    }

    /// In the middle of a run.
    pub(super) fn midway(&mut self, world: &mut World) -> Result<()> {
        if !self.has(With::Proxies) {
            return Ok(());
        }
        match self.draw.below(4) {
            0 => self.take_away(world, "dead"),
            1 => self.take_away(world, "silent"),
            2 => {
                let number = 1 + self.number(self.accounts);
                let account = self.account(number);
                // Refused if every spare failed, or if the account was banned.
                self.tally.replaced += u64::from(world.ask(&format!("proxy replace {account}"))?);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Some account can always go on: of those that are left, half have their proxy.
    fn take_away(&mut self, world: &mut World, how: &str) -> Result<()> {
        let gone = if self.has(With::Bans) { GONE } else { 0 };
        let most = usize::try_from((self.accounts - gone) / 2)?;
        let name = format!("px{:02}", 1 + self.number(self.proxies()));
        if self.away.len() >= most || self.away.contains_key(&name) {
            return Ok(());
        }
        world.control.set_proxy(&name, how)?;
        self.away.insert(name, AWAY);
        self.tally.died += u64::from(how == "dead");
        self.tally.fell_silent += u64::from(how == "silent");
        Ok(())
    }

    fn number(&mut self, below: u32) -> u32 {
        u32::try_from(self.draw.below(below.into())).unwrap_or(0)
    }

    /// After the last kill: whatever can be put right is put right.
    pub(super) fn over(&mut self, world: &mut World) -> Result<()> {
        world.control.script(&json!([]))?;
        for name in std::mem::take(&mut self.away).into_keys() {
            world.control.set_proxy(&name, "up")?;
        }
        if let Some(frozen) = self.frozen() {
            world.control.pardon(&frozen)?;
            // Refused if it was never frozen, because it had too little to send.
            world.ask(&format!("account resume {frozen}"))?;
        }
        Ok(())
    }

    /// Counts what the simulator wrote down; what was asked for and never happened is a fault of the run.
    pub(super) fn counted(&mut self, events: &str) -> Result<Tally> {
        let count = |kind: &str| {
            let kind = format!("\"kind\":\"{kind}\"");
            events.lines().filter(|line| line.contains(&kind)).fold(0, |n, _| n + 1)
        };
        self.tally.moved = count("moved");
        self.tally.banned = count("banned");
        self.tally.frozen = count("frozen");
        let Tally { moved, banned, frozen, .. } = self.tally;
        if self.has(With::Moves) && moved == 0 || self.has(With::Bans) && banned.min(frozen) == 0 {
            bail!(
                "{moved} moves, {banned} bans, {frozen} freezes: too few messages for them, more --recipients"
            );
        }
        Ok(self.tally)
    }

    /// In the run that nobody kills: lines go dead, and the engine has to notice by itself.
    pub(super) fn last_silence(&self, world: &mut World) -> Result<()> {
        if !self.has(With::HalfOpen) {
            return Ok(());
        }
        world.control.script(&json!([
            {"on": {"method": SEND, "nth": 3}, "do": {"mute": "after"}},
            {"on": {"method": SEND, "nth": 5}, "do": {"mute": "before"}}
        ]))
    }
}

impl Tally {
    /// For a person; nothing if nothing was to happen.
    pub(super) fn line(&self) -> Option<String> {
        let Self { died, fell_silent, replaced, moved, banned, frozen } = self;
        let any = died + fell_silent + replaced + moved + banned + frozen > 0;
        any.then(|| {
            format!(
                "proxies: {died} died, {fell_silent} fell silent, {replaced} replaced; accounts: {moved} moves, \
                 {banned} banned, {frozen} frozen"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Incidents, With};

    #[test]
    fn a_seed_draws_the_same_incidents() {
        let rules = |seed| Incidents::new(&[With::All], 6, 600, seed).unwrap().rules();
        assert_eq!(rules(1), rules(1));
        assert_ne!(rules(1), rules(2));
        // A ban, a freeze, two moves of four accounts, two ways to go dead.
        assert_eq!(rules(1).len(), 2 + 8 + 2);
        assert!(Incidents::new(&[With::Bans], 3, 600, 1).is_err());
    }

    #[test]
    fn accounts_are_called_as_the_simulator_calls_them() {
        let few = Incidents::new(&[With::Bans], 4, 40, 1).unwrap();
        assert_eq!(
            (few.banned().unwrap(), few.frozen().unwrap()),
            ("acc04".into(), "acc03".into())
        );
        assert_eq!((few.proxies(), few.has(With::Moves)), (0, false));
        let many = Incidents::new(&[With::Proxies], 100, 1000, 1).unwrap();
        assert_eq!((many.account(7).as_str(), many.proxies()), ("acc007", 150));
    }
}
