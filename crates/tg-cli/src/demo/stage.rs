//! The simulated Telegram, with people who blocked the sender, limits, and answers that get lost.

use crate::error::CliError;
use crate::exit::Exit;
use serde::Deserialize;
use serde_json::json;
use std::path::{Path, PathBuf};
use tg_security::validate::{JsonBounds, read_json};
use tg_sim::{ScriptError, Sim, SimConfig, SimError};

/// A running simulator and what it was told to do.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The simulator.
    pub(crate) sim: Sim,
    /// People who will be found to have blocked the sender.
    pub(crate) blocked: u64,
}

/// What is read of `users.json` and `accounts.json`.
#[derive(Deserialize)]
struct Somebody {
    user_id: i64,
    #[serde(default)]
    name: Option<String>,
}

impl Stage {
    /// Starts it in `folder`.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(crate) async fn start(folder: &Path, accounts: u32, people: u32) -> Result<Self, CliError> {
        let config = SimConfig::new(folder).accounts(accounts).users(people);
        let sim = Sim::start(config).await?;
        let users = read(&sim.state_dir().join("users.json"))?;
        let senders = read(&sim.state_dir().join("accounts.json"))?;
        let blockers = pick_blockers(&users);
        sim.set_rules(&rules(&senders, &blockers, people).to_string())?;
        let blocked = u64::try_from(blockers.len()).unwrap_or(u64::MAX);
        Ok(Self { sim, blocked })
    }

    /// `accounts.json`
    pub(crate) fn accounts_file(&self) -> PathBuf {
        self.sim.state_dir().join("accounts.json")
    }

    /// `people.csv`
    pub(crate) fn people_file(&self) -> PathBuf {
        self.sim.state_dir().join("people.csv")
    }
}

/// One person in a hundred, at least two and at most fifty, spread over the list and, because the
/// distance is odd against the number of accounts, over the accounts.
fn pick_blockers(users: &[Somebody]) -> Vec<i64> {
    let wanted = (users.len() / 100).clamp(2, 50);
    let distance = (users.len() / wanted).saturating_sub(1).max(1);
    users
        .iter()
        .skip(distance / 2)
        .step_by(distance)
        .take(wanted)
        .map(|user| user.user_id)
        .collect()
}

fn rules(senders: &[Somebody], blockers: &[i64], people: u32) -> serde_json::Value {
    let send = "messages.sendMessage";
    let mut rules: Vec<_> = blockers
        .iter()
        .map(|user| json!({"on": {"method": send, "to": user}, "do": {"rpc_error": [400, "USER_IS_BLOCKED"]}}))
        .collect();
    let names: Vec<&str> = senders.iter().filter_map(|sender| sender.name.as_deref()).collect();
    // Limits hit the first accounts early in their share, so that the others are seen to go on.
    for (name, error) in names.iter().zip(["FLOOD_WAIT_2", "FLOOD_WAIT_1"]) {
        rules.push(json!({
            "on": {"method": send, "account": name, "nth": 5},
            "do": {"rpc_error": [420, error]}, "times": 1,
        }));
    }
    // The call is carried out and the connection cut before the answer: the case in which others
    // send a second copy.
    let lost = (people / 3).max(3);
    rules.push(json!({"on": {"method": send, "every": lost}, "do": {"drop": "after"}, "times": 2}));
    serde_json::Value::Array(rules)
}

/// A million people have files of some 100 MB; each is an object in a list.
const BOUNDS: JsonBounds = JsonBounds { document: "list", bytes: 1 << 30, depth: 8 };

fn read(path: &Path) -> Result<Vec<Somebody>, CliError> {
    let fault = |error: &(dyn std::error::Error + 'static)| {
        CliError::new(Exit::Failed, "simulator", format!("cannot read {}", path.display()))
            .because(error)
    };
    let text = std::fs::read(path).map_err(|error| fault(&error))?;
    read_json(&text, BOUNDS).map_err(|error| fault(&error))
}

impl From<SimError> for CliError {
    fn from(error: SimError) -> Self {
        let mut said = Self::new(Exit::Failed, "simulator", error.to_string());
        if let Some(source) = std::error::Error::source(&error) {
            said = said.because(source);
        }
        said
    }
}

impl From<ScriptError> for CliError {
    fn from(error: ScriptError) -> Self {
        Self::new(Exit::Failed, "simulator", error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blockers_are_few_and_different() {
        for people in [10, 500, 10_000] {
            let users: Vec<_> =
                (0..people).map(|user_id| Somebody { user_id, name: None }).collect();
            let mut blockers = pick_blockers(&users);
            let found = blockers.len();
            blockers.dedup();
            assert_eq!(blockers.len(), found);
            assert!((2..=50).contains(&found), "{found} of {people}");
        }
    }
}
