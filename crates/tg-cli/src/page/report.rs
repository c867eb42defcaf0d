//! A campaign's report as a page that can be sent to somebody who does not know `tg`: numbers, plots
//! and tables in one file that loads nothing from anywhere.

use super::plots::{
    AMBER, BLUE, DAY_AND_TIME, Figure, GREEN, GREY, RED, VIOLET, css, figures, moment,
};
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::{clean, count, span};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;
use std::time::Duration;
use tg_app::json::{AccountReport, ByReason, Report, VariantReport};

#[derive(Serialize)]
struct Tile {
    number: String,
    what: String,
}

#[derive(Serialize)]
struct Row {
    name: String,
    says: String,
    number: String,
    share: String,
    width: String,
    colour: String,
    why: bool,
}

#[derive(Serialize)]
struct AccountRow {
    name: String,
    sent: String,
    failed: String,
    waits: String,
    width: String,
    colour: String,
}

#[derive(Serialize)]
struct VariantRow {
    name: String,
    template: String,
    sent: String,
    answered: String,
    opted_out: String,
    width: String,
    colour: String,
}

#[derive(Serialize)]
struct Page<'a> {
    report: &'a Report,
    figures: Vec<Figure>,
    made_at: &'a str,
    version: &'static str,
    period: String,
    tiles: Vec<Tile>,
    outcomes: Vec<Row>,
    sum: String,
    variants: Vec<VariantRow>,
    accounts: Vec<AccountRow>,
}

/// The page. `made_at` is when, as people read it.
///
/// # Errors
/// If it cannot be drawn, which is a fault of ours.
pub(crate) fn html(report: &Report, made_at: &str) -> Result<String, CliError> {
    let broken = |error: &(dyn std::error::Error + 'static)| {
        CliError::new(Exit::Failed, "internal", "the page cannot be drawn").because(error)
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    let page = Page {
        report,
        figures: figures(&report.timeline).map_err(|error| broken(&*error))?,
        made_at,
        version: env!("CARGO_PKG_VERSION"),
        period: period(report),
        tiles: tiles(report),
        outcomes: outcomes(report),
        sum: sum(report),
        variants: variants(&report.variants),
        accounts: accounts(&report.accounts),
    };
    environment
        .render_str(include_str!("report.html"), Value::from(Serde(&page)))
        .map_err(|error| broken(&error))
}

/// `part` of `whole` in tenths of a percent, without floating point: `12.3 %`.
fn percent(part: u64, whole: u64) -> String {
    let tenths = u128::from(part) * 1_000 / u128::from(whole.max(1));
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// The same as a number for a width.
fn width(part: u64, whole: u64) -> String {
    percent(part, whole).trim_end_matches(" %").to_owned()
}

fn period(report: &Report) -> String {
    match (moment(report.started_at.as_deref()), moment(report.finished_at.as_deref())) {
        (None, _) => "Not started.".to_owned(),
        (Some(began), None) => format!("Began {}; not finished.", began.strftime(DAY_AND_TIME)),
        (Some(began), Some(ended)) => {
            let took = Duration::try_from(began.duration_until(ended)).unwrap_or_default();
            format!(
                "{} to {} ({})",
                began.strftime(DAY_AND_TIME),
                ended.strftime(DAY_AND_TIME),
                span(took)
            )
        }
    }
}

fn tiles(report: &Report) -> Vec<Tile> {
    let tile = |number: u64, what: String| Tile { number: count(number), what };
    let of_sent = |number: u64, what: &str| {
        tile(number, format!("{what}, {} of those sent", percent(number, report.sent)))
    };
    let mut tiles = vec![
        tile(report.recipients, "recipients".to_owned()),
        tile(report.sent, format!("sent, {}", percent(report.sent, report.recipients))),
        tile(
            report.failed.total,
            format!("failed, {}", percent(report.failed.total, report.recipients)),
        ),
    ];
    let open = report.pending + report.deferred;
    if open > 0 {
        tiles.push(tile(open, "still to come".to_owned()));
    }
    tiles.push(of_sent(report.replied, "answered"));
    tiles.push(of_sent(report.opted_out, "opted out"));
    tiles
}

fn outcomes(report: &Report) -> Vec<Row> {
    let unknown = ByReason { total: report.unknown, by_reason: report.unknown_by_reason.clone() };
    let plain = |total| ByReason { total, ..ByReason::default() };
    let groups = [
        ("sent", plain(report.sent), BLUE),
        ("failed", report.failed.clone(), RED),
        ("skipped", report.skipped.clone(), GREY),
        ("unknown", unknown, AMBER),
        ("canceled", plain(report.canceled), GREY),
        ("pending", plain(report.pending), VIOLET),
        ("deferred", plain(report.deferred), VIOLET),
    ];
    let mut rows = Vec::new();
    for (name, group, colour) in groups {
        if group.total == 0 && name != "sent" {
            continue;
        }
        let row = |name: &str, says: &str, number: u64, why: bool| Row {
            name: name.to_owned(),
            says: says.to_owned(),
            number: count(number),
            share: percent(number, report.recipients),
            width: width(number, report.recipients),
            colour: css(colour),
            why,
        };
        rows.push(row(name, "", group.total, false));
        for (reason, number) in &group.by_reason {
            let says = tg_net::telegram::explain(reason).unwrap_or_default();
            rows.push(row(&clean(reason), &says, *number, true));
        }
    }
    rows
}

/// That everybody is counted, spelt out.
fn sum(report: &Report) -> String {
    let parts = [
        (report.sent, "sent"),
        (report.failed.total, "failed"),
        (report.skipped.total, "skipped"),
        (report.unknown, "unknown"),
        (report.canceled, "canceled"),
        (report.pending, "pending"),
        (report.deferred, "deferred"),
    ];
    let shown: Vec<_> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", count(*number)))
        .collect();
    if shown.is_empty() {
        return "Nobody was to be written to.".to_owned();
    }
    format!("{} = {}", shown.join(" + "), count(report.recipients))
}

/// The longest bar belongs to the variant that was answered most, for what was sent of it.
fn variants(variants: &[VariantReport]) -> Vec<VariantRow> {
    let rate = |variant: &VariantReport| {
        u64::try_from(u128::from(variant.replied) * 1_000_000 / u128::from(variant.sent.max(1)))
            .unwrap_or(u64::MAX)
    };
    let most = variants.iter().map(rate).max().unwrap_or(0);
    let with_share =
        |n: u64, variant: &VariantReport| format!("{} ({})", count(n), percent(n, variant.sent));
    variants
        .iter()
        .map(|variant| VariantRow {
            name: variant.name.clone(),
            template: variant.template.clone(),
            sent: count(variant.sent),
            answered: with_share(variant.replied, variant),
            opted_out: with_share(variant.opted_out, variant),
            width: width(rate(variant), most),
            colour: css(GREEN),
        })
        .collect()
}

fn accounts(accounts: &[AccountReport]) -> Vec<AccountRow> {
    let most = accounts.iter().map(|account| account.sent).max().unwrap_or(0);
    accounts
        .iter()
        .map(|account| AccountRow {
            name: account.name.clone(),
            sent: count(account.sent),
            failed: count(account.failed),
            waits: count(account.waits),
            width: width(account.sent, most),
            colour: css(BLUE),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tg_app::json::{Timeline, TimelineSlice};

    fn slice(from: &str, sent: u64, replies: u64) -> TimelineSlice {
        TimelineSlice { from: from.to_owned(), sent, replies, ..TimelineSlice::default() }
    }

    fn report() -> Report {
        Report {
            schema: "tg.report/1",
            campaign: "spring".into(),
            state: "paused",
            note: Some("<script>alert(1)</script>".into()),
            recipients: 10,
            pending: 3,
            sent: 6,
            failed: ByReason { total: 1, by_reason: [("<b>X".to_owned(), 1)].into() },
            replied: 1,
            variants: vec![VariantReport {
                name: "A".into(),
                template: "hello".into(),
                sent: 6,
                replied: 1,
                ..VariantReport::default()
            }],
            started_at: Some("2026-11-23T10:00:00Z".into()),
            timeline: Timeline {
                span_seconds: 60,
                slices: vec![
                    slice("2026-11-23T10:00:00Z", 4, 0),
                    slice("2026-11-23T10:03:00Z", 2, 0),
                    slice("2026-11-23T10:09:00Z", 0, 1),
                ],
            },
            ..Report::default()
        }
    }

    #[test]
    fn what_others_wrote_stays_text() {
        let page = html(&report(), "2026-11-23 11:00 UTC").unwrap();
        assert!(!page.contains("<script") && !page.contains("<b>X"), "{page}");
        assert!(page.contains("&lt;script&gt;"), "{page}");
        assert!(page.contains("6 sent + 1 failed + 3 pending = 10"), "{page}");
        assert!(page.contains("1 (16.6 %)"), "{page}");
        assert!(page.contains("Began 2026-11-23 10:00; not finished."), "{page}");
    }

    #[test]
    fn shares_are_exact_at_any_size() {
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(percent(u64::MAX, u64::MAX), "100.0 %");
        assert_eq!(width(1, 8), "12.5");
    }
}
