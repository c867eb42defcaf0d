//! `tg db check`: whether the database is intact.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::{clean, count};
use crate::wire;
use tg_app::{home, json};
use tg_store::{CheckReport, MarkState};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let report = wire::with(context, async |open| {
        home::may_check_database(&open.app, &open.actor).await?;
        Ok(open.store.check().await?)
    })
    .await?;
    let check = shaped(&report);
    context.printer.result(&check, human)?;
    Ok(if check.ok { Exit::Done } else { Exit::Failed })
}

fn shaped(report: &CheckReport) -> json::DbCheck {
    json::DbCheck {
        schema: json::DbCheck::SCHEMA,
        ok: report.is_sound(),
        problems: problems(report),
        database_schema: report.schema,
        claims: report.claims,
        rows: report.rows.iter().cloned().collect(),
    }
}

/// What is wrong, one sentence each.
fn problems(report: &CheckReport) -> Vec<String> {
    let mut problems = report.integrity.clone();
    problems.extend(report.references.iter().cloned());
    problems.extend(report.totals.iter().cloned());
    if report.journal != "wal" {
        problems.push(format!("the journal is \"{}\" instead of \"wal\"", report.journal));
    }
    if let MarkState::Restored { reason } = &report.mark {
        problems.push(format!("the database is an older copy: {reason}"));
    }
    problems
}

fn human(check: &json::DbCheck) -> String {
    let mut out = if check.ok {
        format!("intact (schema {}, {} claims)", check.database_schema, check.claims)
    } else {
        check.problems.iter().map(|problem| clean(problem)).collect::<Vec<_>>().join("\n")
    };
    for (table, rows) in &check.rows {
        out.push_str(&format!("\n  {table}: {}", count(*rows)));
    }
    out
}
