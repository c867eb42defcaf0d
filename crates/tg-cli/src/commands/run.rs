//! `tg run`: the engine in the foreground.

use crate::args::run::Run;
use crate::context::Context;
use crate::engine::{Asked, drive};
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::{count, counted};
use crate::wire::{self, Need};
use std::fmt::Write;
use tg_app::{Permission, json};
use tg_engine::{Ended, RunSummary};

/// Runs the verb.
pub(super) async fn run(context: &Context, args: &Run) -> Result<Exit, CliError> {
    let asked = Asked { until_idle: args.until_idle, max_wait: args.max_wait.map(|span| span.0) };
    let summary = wire::alone(context, Need::of(Permission::EngineRun, "engine"), async |opened| {
        tg_app::engine::begin_run(&opened.app, &opened.actor).await?;
        drive(context, opened, asked).await
    })
    .await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use tg_core::time::Timestamp;

    #[test]
    fn the_last_line_says_what_was_done_and_what_is_due() {
        let mut summary = RunSummary {
            ended: Ended::Idle,
            next_due: None,
            sent: 1_200,
            failed: 2,
            skipped: 0,
            unknown: 0,
            deferred: 1,
        };
        assert_eq!(human(&summary), "idle: 1,200 sent, 2 failed; put off 1 time");
        summary.ended = Ended::Stopped;
        summary.next_due = Some(Timestamp(1_795_399_445_120));
        assert_eq!(
            human(&summary),
            "stopped: 1,200 sent, 2 failed; put off 1 time; more is due at 2026-11-23T02:04:05Z"
        );
    }
}
