//! The home's files, in the order in which everything else needs them: folder, settings, key,
//! database, mark, engine. What depends on something that is broken is not looked at.

use super::place;
use crate::config::faults;
use crate::context::Context;
use crate::env;
use crate::error::CliError;
use crate::texts;
use crate::wire::{self, Opened};
use tg_app::Budget;
use tg_app::json::{Finding, Severity};
use tg_core::campaign::CampaignState;
use tg_core::ids::Slug;
use tg_core::ports::StoreError;
use tg_security::vault::{HomeSecret, SecretName};
use tg_store::{HomeLock, LockError, MarkState};

/// Looks at everything.
///
/// # Errors
/// If whoever asks may not look.
pub(crate) async fn look(context: &Context) -> Result<Vec<Finding>, CliError> {
    let home = &context.home;
    if let Err(error) = home.require() {
        return Ok(vec![told("home", &error)]);
    }
    let mut findings = settings(context);
    findings.extend(place::look(home.dir()));
    match engine(context) {
        Ok(running) => {
            findings.extend(running.as_deref().map(in_use));
            match wire::with(context, async |open| {
                let budgets = texts::budgets(&context.config);
                inside(open, running.is_some(), budgets).await
            })
            .await
            {
                Ok(inside) => findings.extend(inside),
                Err(error) if error.is_denied() => return Err(error),
                Err(error) => findings.push(told(part_of(&error), &error)),
            }
        }
        Err(error) => findings.push(told("home", &error)),
    }
    Ok(findings)
}

/// An error of ours as a finding: it says what happened and what to do.
fn told(check: &'static str, error: &CliError) -> Finding {
    let hint = error.advice().unwrap_or("the message says what is wrong; put that right");
    Finding::new(Severity::Error, check, error.whole(), hint)
}

/// What an error of opening a home is about.
fn part_of(error: &CliError) -> &'static str {
    match error.code() {
        "no_key" | "key_exposed" | "bad_key" | "key_io" | "key" | "home_key"
        | "wrong_passphrase" | "no_terminal" => "key",
        _ => "database",
    }
}

fn settings(context: &Context) -> Vec<Finding> {
    let path = context.home.config();
    let found = match faults(&path) {
        Ok(found) => found,
        Err(error) => return vec![told("config", &error)],
    };
    let mut findings: Vec<Finding> = found
        .into_iter()
        .map(|fault| {
            let line = fault
                .line
                .map_or_else(String::new, |line| format!("{}, line {line}: ", path.display()));
            let key = if fault.key.is_empty() { String::new() } else { format!("{}: ", fault.key) };
            let message = format!("{line}{key}{}", fault.message);
            let hint = "correct it, or take it out to have the default";
            Finding::new(Severity::Error, "config", message, hint)
        })
        .collect();
    if env::MASTER_KEY.value().is_some() && context.home.key().exists() {
        let message =
            format!("{} is set: the home's own key file is not used", env::MASTER_KEY.name);
        findings.push(Finding::new(Severity::Note, "key", message, "take one of them away"));
    }
    findings
}

/// Who runs the engine, if anybody does.
fn engine(context: &Context) -> Result<Option<String>, CliError> {
    match HomeLock::probe(context.home.dir()) {
        Ok(()) => Ok(None),
        Err(held @ LockError::Held { .. }) => Ok(Some(held.to_string())),
        Err(error) => Err(error.into()),
    }
}

fn in_use(holder: &str) -> Finding {
    let hint = "that is as it should be while campaigns are sent";
    Finding::new(Severity::Note, "engine", holder, hint)
}

/// What an open home says about itself.
async fn inside(
    open: &Opened,
    engine: bool,
    budgets: Vec<Budget>,
) -> Result<Vec<Finding>, CliError> {
    let mut findings = Vec::new();
    if let Err(error) = open.id_key().await {
        findings.push(told("key", &error));
    }
    for kind in HomeSecret::ALL {
        if let Err(error) = open.secret(&SecretName::Home(*kind)).await {
            findings.push(told("key", &error));
        }
    }
    if let MarkState::Restored { reason } = open.store.mark_state().await? {
        findings.push(Finding::new(
            Severity::Error,
            "database",
            format!("the database is an older copy: {reason}"),
            "`tg run` will hold every unfinished message for a person instead of sending it; if a \
             newer database exists, put it back first",
        ));
    }
    findings.extend(unwritten(open).await?);
    findings.extend(tg_app::doctor(&open.app, &open.actor, engine, budgets).await?);
    Ok(findings)
}

/// Campaigns that want personal texts, and nobody to write them.
async fn unwritten(open: &Opened) -> Result<Vec<Finding>, CliError> {
    if open.home_secret(HomeSecret::GeminiApiKey).await?.is_some() {
        return Ok(Vec::new());
    }
    let ended = [CampaignState::Finished, CampaignState::Canceled];
    let names: Result<Vec<Slug>, StoreError> = open
        .port()
        .read(move |unit| {
            let mut names = Vec::new();
            for campaign in unit.campaigns(&[])? {
                if !ended.contains(&campaign.state) && unit.personal(campaign.id)?.is_some() {
                    names.push(campaign.name);
                }
            }
            Ok(names)
        })
        .await;
    let found = |name: Slug| {
        Finding::new(
            Severity::Warning,
            "texts",
            format!("campaign {name} wants personal texts, and no key for Gemini is set"),
            "`tg secret set gemini.api_key`; until then everybody gets its template",
        )
    };
    Ok(names?.into_iter().map(found).collect())
}
