//! `tg account report`: what an account did, by campaign.

use crate::args::account::Report;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::report_out::{self, FileFormat};
use crate::table::{Table, pairs};
use crate::text::count;
use crate::wire;
use std::collections::BTreeMap;
use std::io;
use tg_app::{accounts, json};
use tg_security::validate::list::write_table;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Report) -> Result<Exit, CliError> {
    let name = args.name.as_str();
    let report =
        wire::with(context, async |open| Ok(accounts::report(&open.app, &open.actor, name).await?))
            .await?;
    report_out::put(context, &args.out, &report, human, |format| match format {
        FileFormat::Csv => sheet(&report).map_err(|error| report_out::unwritable(&error)),
        FileFormat::Html => {
            Err(CliError::new(Exit::Usage, "no_page", "there is no page of an account's report")
                .hint(
                    "choose table, json or csv; `tg campaign report NAME --to x.html` makes a page",
                ))
        }
    })
}

fn human(report: &json::AccountHistory) -> String {
    let mut table = Table::new(["CAMPAIGN", "STATE", "SENT", "FAILED", "SKIPPED", "UNKNOWN"])
        .right([2, 3, 4, 5]);
    for campaign in &report.campaigns {
        let counts =
            [campaign.sent, campaign.failed.total, campaign.skipped.total, campaign.unknown.total];
        let [sent, failed, skipped, unknown] = counts.map(count);
        table.row([
            campaign.campaign.clone(),
            campaign.state.to_owned(),
            sent,
            failed,
            skipped,
            unknown,
        ]);
    }
    let lines = [
        ("account", report.account.clone()),
        ("sent", count(report.sent)),
        ("failed", count(report.failed)),
    ];
    format!("{}\n\n{}", pairs(lines), table.or("no campaigns yet"))
}

/// One row for each campaign, outcome and reason.
fn sheet(report: &json::AccountHistory) -> io::Result<Vec<u8>> {
    let mut rows = Vec::new();
    for campaign in &report.campaigns {
        let plain = |n: u64| BTreeMap::from([(String::new(), n)]);
        for (outcome, counts) in [
            ("sent", plain(campaign.sent)),
            ("failed", campaign.failed.by_reason.clone()),
            ("skipped", campaign.skipped.by_reason.clone()),
            ("unknown", campaign.unknown.by_reason.clone()),
            ("canceled", plain(campaign.canceled)),
        ] {
            rows.extend(counts.into_iter().filter(|(_, n)| *n > 0).map(|(reason, n)| {
                [
                    report.account.clone(),
                    campaign.campaign.clone(),
                    outcome.to_owned(),
                    reason,
                    n.to_string(),
                ]
            }));
        }
    }
    write_table(["account", "campaign", "outcome", "reason", "recipients"], rows)
}
