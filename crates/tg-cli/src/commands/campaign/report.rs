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
    for (number, what) in [(report.replied, "replied"), (report.opted_out, "opted out")] {
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

/// Counts by reason, set in below their sum, with what Telegram's names mean.
pub(super) fn reasons(
    by_reason: &BTreeMap<String, u64>,
) -> impl Iterator<Item = (Cow<'static, str>, String)> {
    by_reason.iter().map(|(reason, number)| {
        let says =
            tg_net::telegram::explain(reason).map_or_else(String::new, |says| format!("  {says}"));
        (format!("  {reason}").into(), format!("{}{says}", count(*number)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tg_app::json::{AccountReport, ByReason, Report};

    #[test]
    fn reasons_stand_below_their_sums_and_hostile_notes_stay_text() {
        let report = Report {
            schema: "tg.report/1",
            campaign: "spring".into(),
            state: "paused",
            note: Some("a\u{1b}[2Jb".into()),
            recipients: 1_207,
            pending: 4,
            sent: 1_200,
            failed: ByReason {
                total: 2,
                by_reason: BTreeMap::from([("USER_IS_BLOCKED".to_owned(), 2)]),
            },
            skipped: ByReason::default(),
            unknown: 1,
            unknown_by_reason: BTreeMap::from([("expired".to_owned(), 1)]),
            deferred: 0,
            canceled: 0,
            replied: 12,
            opted_out: 0,
            accounts: vec![AccountReport { name: "anna".into(), sent: 1_200, failed: 2, waits: 3 }],
            started_at: Some("2026-11-23T10:00:00Z".into()),
            finished_at: None,
        };
        let expected = "\
campaign           spring (paused)
recipients         1,207
sent               1,200
failed             2
  USER_IS_BLOCKED  2  The recipient has blocked the account
skipped            0
unknown            1
  expired          1
pending            4
replied            12
started            2026-11-23T10:00:00Z
note               a\u{fffd}[2Jb

ACCOUNT   SENT  FAILED  WAITS
anna     1,200       2      3";
        assert_eq!(human(&report), expected);
    }
}
