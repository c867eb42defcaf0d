//! `tg campaign report`: what became of every recipient, in numbers that add up.

use crate::args::campaign::Report;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::page;
use crate::report_out::{self, FileFormat};
use crate::table::{Table, pairs};
use crate::text::count;
use crate::wire;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use tg_app::{campaigns, json};
use tg_security::validate::list::write_table;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Report) -> Result<Exit, CliError> {
    let name = args.name.as_str();
    let report =
        wire::with(
            context,
            async |open| Ok(campaigns::report(&open.app, &open.actor, name).await?),
        )
        .await?;
    report_out::put(context, &args.out, &report, human, |format| match format {
        FileFormat::Csv => sheet(&report).map_err(|error| report_out::unwritable(&error)),
        FileFormat::Html => {
            let now = jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string();
            Ok(page::html(&report, &now)?.into_bytes())
        }
    })
}

/// One row for each account, outcome and reason. What is nobody's yet, or was never anybody's,
/// stands without an account, so that the numbers add up to the recipients.
fn sheet(report: &json::Report) -> io::Result<Vec<u8>> {
    let mut rest = BTreeMap::new();
    let plain = |n: u64| BTreeMap::from([(String::new(), n)]);
    for (outcome, counts) in [
        ("sent", plain(report.sent)),
        ("failed", report.failed.by_reason.clone()),
        ("skipped", report.skipped.by_reason.clone()),
        ("unknown", report.unknown_by_reason.clone()),
        ("canceled", plain(report.canceled)),
        ("pending", plain(report.pending)),
        ("deferred", plain(report.deferred)),
    ] {
        rest.extend(counts.into_iter().map(|(reason, n)| ((outcome, reason), n)));
    }
    let mut rows = Vec::new();
    let mut add = |account: &str, outcome: &str, reason: &str, n: u64| {
        if n > 0 {
            let cells = [&report.campaign, account, outcome, reason].map(str::to_owned);
            let [campaign, account, outcome, reason] = cells;
            rows.push([campaign, account, outcome, reason, n.to_string()]);
        }
    };
    for account in &report.accounts {
        for (outcome, counts) in [
            ("sent", plain(account.sent)),
            ("failed", account.failed_by_reason.clone()),
            ("skipped", account.skipped.by_reason.clone()),
            ("unknown", account.unknown.by_reason.clone()),
            ("canceled", plain(account.canceled)),
        ] {
            for (reason, n) in counts {
                add(&account.name, outcome, &reason, n);
                if let Some(left) = rest.get_mut(&(outcome, reason)) {
                    *left = left.saturating_sub(n);
                }
            }
        }
    }
    for ((outcome, reason), n) in &rest {
        add("", outcome, reason, *n);
    }
    write_table(["campaign", "account", "outcome", "reason", "recipients"], rows)
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
    lines.extend(report.personal.iter().flat_map(personal));
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
    let variants = match &report.variants[..] {
        [] => String::new(),
        variants => format!("\n\n{}", compared(variants)),
    };
    format!("{}\n\n{}{variants}", pairs(lines), table.or("no accounts"))
}

/// What the variants came to, beside each other.
fn compared(variants: &[json::VariantReport]) -> String {
    let headings =
        ["VARIANT", "TEMPLATE", "WEIGHT", "SENT", "FAILED", "UNKNOWN", "REPLIED", "OPTED OUT"];
    let mut table = Table::new(headings).right([2, 3, 4, 5, 6, 7]);
    for variant in variants {
        let share = |n: u64| match variant.sent {
            0 => count(n),
            sent => format!("{} ({}.{} %)", count(n), n * 100 / sent, n * 1_000 / sent % 10),
        };
        table.row([
            variant.name.clone(),
            variant.template.clone(),
            variant.weight.to_string(),
            count(variant.sent),
            count(variant.failed),
            count(variant.unknown),
            share(variant.replied),
            share(variant.opted_out),
        ]);
    }
    table.or("")
}

/// What became of personal texts.
fn personal(texts: &json::PersonalReport) -> Vec<(Cow<'static, str>, String)> {
    let template: u64 = texts.fallback.values().sum();
    let mut lines: Vec<(Cow<'static, str>, String)> =
        vec![("personal texts".into(), count(texts.written))];
    if texts.waiting > 0 {
        lines.push(("  to be reviewed".into(), count(texts.waiting)));
    }
    let tokens = u64::try_from(texts.tokens.input.saturating_add(texts.tokens.output)).unwrap_or(0);
    lines.push((
        "  cost".into(),
        format!("{} tokens for {} paid", count(tokens), count(texts.paid)),
    ));
    lines.push(("template instead".into(), count(template)));
    lines.extend(texts.fallback.iter().map(|(why, n)| (format!("  {why}").into(), count(*n))));
    lines
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
    use tg_app::json::{AccountReport, ByReason, Report, VariantReport};

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
            unknown: 1,
            unknown_by_reason: BTreeMap::from([("expired".to_owned(), 1)]),
            replied: 12,
            accounts: vec![AccountReport {
                name: "anna".into(),
                sent: 1_200,
                failed: 2,
                failed_by_reason: BTreeMap::from([("USER_IS_BLOCKED".to_owned(), 2)]),
                waits: 3,
                ..AccountReport::default()
            }],
            variants: vec![VariantReport {
                name: "A".into(),
                template: "hello".into(),
                weight: 2,
                sent: 1_200,
                failed: 2,
                unknown: 1,
                replied: 12,
                opted_out: 0,
            }],
            started_at: Some("2026-11-23T10:00:00Z".into()),
            ..Report::default()
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
anna     1,200       2      3

VARIANT  TEMPLATE  WEIGHT   SENT  FAILED  UNKNOWN     REPLIED  OPTED OUT
A        hello          2  1,200       2        1  12 (1.0 %)  0 (0.0 %)";
        assert_eq!(human(&report), expected);
    }
}
