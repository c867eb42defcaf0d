//! What the engine tells a person about, and in which words.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tg_core::account::AccountState;
use tg_core::failure::Failure;
use tg_core::ids::Slug;
use tg_core::personal::Fallback;
use tg_core::ports::NewAlert;
use tg_core::proxy::ProxyFault;
use tg_core::time::Timestamp;

/// Outcomes of a campaign that are looked at together.
const WINDOW: u32 = 50;
/// So many failures among them are not the recipients' doing.
const TOO_MANY: u32 = 25;

/// An account was stopped by Telegram.
pub(crate) fn stopped(name: &Slug, state: &AccountState, reason: &str) -> NewAlert {
    let (title, text) = match state {
        AccountState::Quarantined => (
            format!("Account {name} is quarantined"),
            format!(
                "Telegram says that it wrote to too many people who do not know it ({reason}). It \
                 sends nothing more. Let it rest for days and look into its chats; `tg account \
                 resume {name}` lets it go on."
            ),
        ),
        AccountState::Frozen { until, appeal } => {
            let until = until.map_or_else(
                || "Telegram names no deadline".to_owned(),
                |at| format!("the deadline is {}", shown(at)),
            );
            let appeal = appeal.as_deref().unwrap_or("@SpamBot in Telegram");
            (
                format!("Account {name} is frozen"),
                format!(
                    "Telegram made it read-only ({reason}); {until}. Appeal: {appeal}. An account \
                     that is not appealed for in time is deleted."
                ),
            )
        }
        AccountState::Revoked => (
            format!("Account {name} is signed out"),
            format!("Its session is gone ({reason}). Sign in again: `tg account login {name}`."),
        ),
        AccountState::Banned => (
            format!("Account {name} is banned"),
            format!(
                "Telegram has banned it for good ({reason}). What it may have sent without an \
                 answer waits for you: `tg campaign deliveries NAME --outcome unknown`."
            ),
        ),
        other => {
            (format!("Account {name} is {}", other.name()), format!("Telegram said {reason}."))
        }
    };
    NewAlert { key: format!("account/{name}/{}", state.name()), title, text }
}

/// An account's proxy fails, if that is what a failure says: the account is offline, because it never
/// connects without its proxy.
pub(crate) fn cut_off(name: &Slug, failure: &Failure) -> Option<NewAlert> {
    ProxyFault::parse(&failure.reason)?;
    Some(NewAlert {
        key: format!("account/{name}/{}", failure.reason),
        title: format!("Account {name} is offline: its proxy fails"),
        text: format!(
            "{}. It is tried again with growing pauses, and nothing goes past it: `tg proxy check` \
             looks again, `tg proxy replace {name}` gives the account a spare.",
            failure.text
        ),
    })
}

/// Telegram refuses the whole installation.
pub(crate) fn refused(failure: &Failure) -> NewAlert {
    NewAlert {
        key: format!("installation/{}", failure.reason),
        title: "Telegram refuses this installation".to_owned(),
        text: format!("{}. Nothing is sent until it is put right: `tg doctor`.", failure.text),
    }
}

/// A campaign whose messages fail one after the other.
pub(crate) fn failing(campaign: &Slug, failed: u32) -> NewAlert {
    NewAlert {
        key: format!("campaign/{campaign}/failing"),
        title: format!("Campaign {campaign} fails for many"),
        text: format!(
            "{failed} of its last {WINDOW} messages were refused. It goes on; `tg campaign report \
             {campaign}` says why, `tg campaign pause {campaign}` stops it."
        ),
    }
}

/// A budget of personal texts is spent.
pub(crate) fn texts_spent(campaign: &Slug, reason: Fallback) -> NewAlert {
    NewAlert {
        key: format!("campaign/{campaign}/{reason}"),
        title: format!("Campaign {campaign} writes no more personal texts"),
        text: format!(
            "A budget is spent ({reason}). It goes on with its template for everybody else; `tg \
             campaign report {campaign}` says for how many."
        ),
    }
}

/// The model's provider refuses what only a person can put right.
pub(crate) fn texts_refused(failure: &Failure) -> NewAlert {
    NewAlert {
        key: format!("texts/{}", failure.reason),
        title: "No personal texts are written".to_owned(),
        text: format!("{}. Campaigns go on with their templates: `tg doctor`.", failure.text),
    }
}

/// `2026-12-01T10:00:00Z`
fn shown(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| "out of range".to_owned(), |at| at.to_string())
}

/// Notices campaigns whose messages fail one after the other. One line per running campaign.
#[derive(Debug, Default)]
pub(crate) struct Runaway {
    inner: Mutex<Windows>,
}

#[derive(Debug, Default)]
struct Windows {
    /// Outcomes and failures since the last look.
    open: BTreeMap<Slug, (u32, u32)>,
    noticed: BTreeMap<Slug, u32>,
}

impl Runaway {
    /// Counts an outcome.
    pub(crate) fn count(&self, campaign: &Slug, failed: bool) {
        // A poisoned count is a count nevertheless.
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let window = inner.open.entry(campaign.clone()).or_default();
        window.0 += 1;
        window.1 += u32::from(failed);
        let (outcomes, failures) = *window;
        if outcomes < WINDOW {
            return;
        }
        inner.open.remove(campaign);
        if failures >= TOO_MANY {
            inner.noticed.insert(campaign.clone(), failures);
        }
    }

    /// What was noticed since the last time.
    pub(crate) fn take(&self) -> Vec<NewAlert> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut inner.noticed)
            .iter()
            .map(|(campaign, failed)| failing(campaign, *failed))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn slug(name: &str) -> Slug {
        Slug::parse(name).unwrap()
    }

    #[test]
    fn a_freeze_names_deadline_and_appeal() {
        let state = AccountState::Frozen {
            until: Some(Timestamp::from_secs(1_800_000_000)),
            appeal: Some("https://t.me/spambot".to_owned()),
        };
        let alert = stopped(&slug("anna"), &state, "FROZEN_METHOD_INVALID");
        assert_eq!(alert.key, "account/anna/frozen");
        assert!(alert.text.contains("the deadline is 2027-01-15T08:00:00Z"), "{}", alert.text);
        assert!(alert.text.contains("Appeal: https://t.me/spambot"), "{}", alert.text);
    }

    #[test]
    fn failures_in_a_crowd_are_noticed_once_per_window() {
        let runaway = Runaway::default();
        let spring = slug("spring");
        for n in 0..WINDOW {
            runaway.count(&spring, n % 2 == 0);
        }
        let alerts = runaway.take();
        assert_eq!(alerts.len(), 1);
        assert!(alerts[0].text.starts_with("25 of its last 50"), "{}", alerts[0].text);
        assert!(runaway.take().is_empty());
        for n in 0..WINDOW * 4 {
            runaway.count(&spring, n % 3 == 0);
        }
        assert!(runaway.take().is_empty(), "a third is not most of them");
    }
}
