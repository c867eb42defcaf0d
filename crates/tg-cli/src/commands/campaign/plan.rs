//! `tg campaign plan`: what would happen.

use super::create::says;
use super::report::reasons;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::{Table, pairs};
use crate::text::count;
use crate::wire;
use std::borrow::Cow;
use tg_app::{campaigns, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let plan =
        wire::with(context, async |open| Ok(campaigns::plan(&open.app, &open.actor, name).await?))
            .await?;
    context.printer.result(&plan, human)?;
    Ok(Exit::Done)
}

fn human(plan: &json::Plan) -> String {
    let mut lines: Vec<(Cow<'_, str>, String)> = vec![
        ("campaign".into(), format!("{} ({})", plan.campaign, plan.state)),
        ("says".into(), says(&plan.template, &plan.variants)),
        ("to".into(), format!("{}, {} people", plan.audience, count(plan.recipients))),
        ("pace".into(), plan.pace.to_owned()),
        ("would receive it".into(), count(plan.eligible)),
        ("  known already".into(), count(plan.known)),
        ("  to be looked up".into(), count(plan.to_resolve)),
        ("would be skipped".into(), count(plan.skipped.total)),
    ];
    lines.extend(reasons(&plan.skipped.by_reason));
    lines.push(("would be done".into(), end(plan)));
    let mut table =
        Table::new(["ACCOUNT", "STATE", "MESSAGES", "TO LOOK UP", "DONE", "LIMITED BY"])
            .right([2, 3]);
    for account in &plan.accounts {
        table.row([
            account.name.clone(),
            account.state.to_owned(),
            count(account.deliveries),
            count(account.to_resolve),
            account.ends_at.clone().unwrap_or_default(),
            account.limited_by.unwrap_or_default().to_owned(),
        ]);
    }
    let lines = lines.iter().map(|(name, value)| (name.as_ref(), value.clone()));
    format!("{}\n\n{}", pairs(lines), table.or("no accounts"))
}

/// When, or why nobody can say.
fn end(plan: &json::Plan) -> String {
    match (&plan.ends_at, plan.no_end_because) {
        (Some(at), _) => format!("{at}, if it is started now and Telegram imposes nothing more"),
        (None, because) => format!("not known: {}", because.unwrap_or("there is no prediction")),
    }
}
