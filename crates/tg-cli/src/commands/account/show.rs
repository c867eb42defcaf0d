//! `tg account show`: one account and what holds it back.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::pairs;
use crate::wire;
use tg_app::{accounts, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let detail =
        wire::with(context, async |open| Ok(accounts::show(&open.app, &open.actor, name).await?))
            .await?;
    context.printer.result(&detail, human)?;
    Ok(Exit::Done)
}

/// Also what `pause` and `resume` answer with.
pub(super) fn human(detail: &json::AccountDetail) -> String {
    let account = &detail.account;
    let mut lines = vec![
        ("name", account.name.clone()),
        ("state", account.state.to_owned()),
        ("kind", if account.is_bot { "bot" } else { "person" }.to_owned()),
        ("user id", account.user_id.to_string()),
    ];
    let optional = [
        ("phone", account.phone.clone()),
        ("tags", (!account.tags.is_empty()).then(|| account.tags.join(", "))),
        ("proxy", proxy(detail)),
        ("new way from", detail.exit_from.clone()),
        ("frozen until", account.frozen_until.clone()),
        ("appeal at", account.appeal.clone()),
        ("next due", detail.next_due.clone()),
    ];
    lines.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    for wait in &detail.waits {
        let whom = wait.user_id.map_or_else(String::new, |user| format!(" to {user}"));
        lines.push((
            "waits",
            format!("{}{whom} until {} ({})", wait.scope, wait.until, wait.reason),
        ));
    }
    pairs(lines)
}

fn proxy(detail: &json::AccountDetail) -> Option<String> {
    let (name, state) = (detail.account.proxy.as_ref()?, detail.account.proxy_state?);
    Some(match detail.proxy_fault {
        Some(fault) => format!("{name} ({state}: {fault}); the account is offline"),
        None => format!("{name} ({state})"),
    })
}
