//! `tg audit verify`: whether the log is as it was written.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::{clean, counted};
use crate::wire;
use tg_app::{audit, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let verified =
        wire::with(context, async |open| Ok(audit::verify(&open.app, &open.actor).await?)).await?;
    context.printer.result(&verified, human)?;
    Ok(if verified.ok { Exit::Done } else { Exit::Failed })
}

fn human(verified: &json::AuditVerified) -> String {
    let rows = counted(u64::try_from(verified.rows).unwrap_or(0), "row", "rows");
    if let Some(problem) = &verified.problem {
        return format!(
            "{}: {}\n{rows} before it hold\n{}",
            problem.kind,
            clean(&problem.message),
            problem.hint
        );
    }
    let behind = verified.noted.map_or(0, |noted| verified.rows.saturating_sub(noted));
    let lag = if behind > 0 {
        format!("\nthe note of the end is {behind} behind: a command ended before it was written")
    } else {
        String::new()
    };
    format!("as it was written: {rows}, the last with the tag {}{lag}", verified.tag)
}
