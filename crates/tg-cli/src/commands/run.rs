//! `tg run`: the engine in the foreground.

use crate::args::run::Run;
use crate::context::Context;
use crate::engine::{Asked, drive};
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::{count, counted};
use crate::wire;
use std::fmt::Write;
use tg_app::json;
use tg_engine::{Ended, RunSummary};

/// Runs the verb.
pub(super) async fn run(context: &Context, args: &Run) -> Result<Exit, CliError> {
    let asked = Asked { until_idle: args.until_idle, max_wait: args.max_wait.map(|span| span.0) };
    let summary = wire::alone(context, async |opened| drive(context, opened, asked).await).await?;
    context.printer.result(&json::Run::from(&summary), |_| human(&summary))?;
    Ok(match summary.ended {
        Ended::Idle => Exit::Done,
        Ended::Stopped => Exit::Interrupted,
    })
}

fn human(summary: &RunSummary) -> String {
    let mut out = match summary.ended {
        Ended::Idle => "idle: ".to_owned(),
        Ended::Stopped => "stopped: ".to_owned(),
    };
    // Writing to a String cannot fail.
    let _ = write!(out, "{} sent", count(summary.sent));
    for (number, what) in
        [(summary.failed, "failed"), (summary.skipped, "skipped"), (summary.unknown, "unknown")]
    {
        if number > 0 {
            let _ = write!(out, ", {} {what}", count(number));
        }
    }
    if summary.deferred > 0 {
        let _ = write!(out, "; put off {}", counted(summary.deferred, "time", "times"));
    }
    if let Some(due) = summary.next_due {
        match jiff::Timestamp::from_millisecond(due.0) {
            Ok(due) => {
                let _ = write!(out, "; more is due at {due:.0}");
            }
            Err(_) => out.push_str("; more is due later"),
        }
    }
    out
}
