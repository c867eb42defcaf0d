//! `tg audit export`: the whole log, printed as it is read.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire;
use std::ops::ControlFlow;
use tg_app::{audit, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    let printer = &*context.printer;
    wire::with(context, async |open| {
        let mut fault = None;
        let mut each = |row: json::AuditRow| {
            fault = printer.json(&row).err();
            if fault.is_some() || printer.is_gone() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        };
        audit::export(&open.app, &open.actor, &mut each).await?;
        fault.map_or(Ok(()), Err)
    })
    .await?;
    Ok(Exit::Done)
}
