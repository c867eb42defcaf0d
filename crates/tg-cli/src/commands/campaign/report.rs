//! `tg campaign report`: what became of every recipient, in numbers that add up.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::{Table, pairs};
use crate::text::count;
use crate::wire;
use std::borrow::Cow;
use std::collections::BTreeMap;
use tg_app::{campaigns, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, name: &str) -> Result<Exit, CliError> {
    let report =
        wire::with(
            context,
            async |open| Ok(campaigns::report(&open.app, &open.actor, name).await?),
        )
        .await?;
    context.printer.result(&report, human)?;
    Ok(Exit::Done)
}

/// The report for people.
pub(crate) fn human(report: &json::Report) -> String {
    let mut lines: Vec<(Cow<'_, str>, String)> = vec![
        ("campaign".into(), format!("{} ({})", report.campaign, report.state)),
        ("recipients".into(), count(report.recipients)),
        ("sent".into(), count(report.sent)),
        ("failed".into(), count(report.failed.total)),
    ];
    lines.extend(reasons(&report.failed.by_reason));
    lines.push(("skipped".into(), count(report.skipped.total)));
    lines.extend(reasons(&report.skipped.by_reason));
    lines.push(("unknown".into(), count(report.unknown)));
    lines.extend(reasons(&report.unknown_by_reason));
    for (number, what) in
        [(report.canceled, "canceled"), (report.pending, "pending"), (report.deferred, "deferred")]
    {
        if number > 0 {
            lines.push((what.into(), count(number)));
        }
    }
    for (time, what) in [(&report.started_at, "started"), (&report.finished_at, "finished")] {
        if let Some(time) = time {
            lines.push((what.into(), time.clone()));
        }
    }
    if let Some(note) = &report.note {
        lines.push(("note".into(), note.clone()));
    }
    let mut table = Table::new(["ACCOUNT", "SENT", "FAILED", "WAITS"]).right([1, 2, 3]);
    for account in &report.accounts {
        let numbers = [account.sent, account.failed, account.waits].map(count);
        let [sent, failed, waits] = numbers;
        table.row([account.name.clone(), sent, failed, waits]);
    }
    let lines = lines.iter().map(|(name, value)| (name.as_ref(), value.clone()));
    format!("{}\n\n{}", pairs(lines), table.or("no accounts"))
}

/// Counts by reason, set in below their sum.
pub(super) fn reasons(
    by_reason: &BTreeMap<String, u64>,
) -> impl Iterator<Item = (Cow<'static, str>, String)> {
    by_reason.iter().map(|(reason, number)| (format!("  {reason}").into(), count(*number)))
}
