//! `tg campaign plan`: what would happen.

use super::create::says;
use super::report::reasons;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::{Table, pairs};
use crate::text::count;
use crate::wire::{self, Opened};
use crate::writing;
use std::borrow::Cow;
use tg_app::campaigns::{self, Terms};
use tg_app::json;

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let plan = wire::with(context, async |open| {
        let mut plan = campaigns::plan(&open.app, &open.actor, name).await?;
        plan.personal = cost(context, open, name, plan.eligible).await?;
        Ok(plan)
    })
    .await?;
    context.printer.result(&plan, human)?;
    Ok(Exit::Done)
}

/// What personal texts would cost, if the campaign has any.
async fn cost(
    context: &Context,
    open: &Opened,
    name: &str,
    recipients: u64,
) -> Result<Option<json::PersonalCost>, CliError> {
    let options = writing::options(&context.config)?;
    let writer = open.writer(context).await?;
    let terms = Terms { writer: writer.as_deref(), prices: options.prices, length: options.length };
    Ok(campaigns::cost(&open.app, &open.actor, name, recipients, terms).await?)
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
    lines.extend(plan.personal.iter().flat_map(texts));
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

/// What personal texts would cost.
fn texts(cost: &json::PersonalCost) -> Vec<(Cow<'static, str>, String)> {
    let by = cost.model.as_deref().unwrap_or("nobody: gemini.api_key is not set");
    let mut lines: Vec<(Cow<'_, str>, String)> = vec![("texts by".into(), by.to_owned())];
    let how = if cost.counted { "counted" } else { "estimated" };
    let tokens = u64::try_from(cost.tokens).unwrap_or(0);
    let money = cost.money.as_ref().map_or_else(String::new, |money| format!(", {money}"));
    lines.push((
        "  would cost".into(),
        format!(
            "about {} tokens{money} ({} asked, {how}, and {} answered for each)",
            count(tokens),
            cost.input_per_text,
            cost.output_per_text
        ),
    ));
    if cost.affordable < cost.texts {
        let text = format!("for {} of {}", count(cost.affordable), count(cost.texts));
        lines.push(("  the budget lasts".into(), text));
    }
    lines
}

/// When, or why nobody can say.
fn end(plan: &json::Plan) -> String {
    match (&plan.ends_at, plan.no_end_because) {
        (Some(at), _) => format!("{at}, if it is started now and Telegram imposes nothing more"),
        (None, because) => format!("not known: {}", because.unwrap_or("there is no prediction")),
    }
}
