//! `tg audience import`: people with their consent, from a CSV file.

use crate::args::audience::Import;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::input;
use crate::progress::Progress;
use crate::text::{count, counted};
use crate::wire::{self, Need};
use tg_app::Permission;
use tg_app::audiences::{self, ImportRequest, RejectFile};
use tg_app::json;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Import) -> Result<Exit, CliError> {
    let rejects = args.rejects.clone().unwrap_or_else(|| input::beside(&args.file, ".rejects.csv"));
    let mut progress = Progress::new(&context.printer, "rows read");
    let done = wire::with(context, async |open| {
        open.permit(Need::of(Permission::AudienceImport, "audience").named(&args.name)).await?;
        let request = ImportRequest {
            audience: &args.name,
            consent: &args.consent,
            strict: args.strict,
            allow_test_numbers: open.is_simulated().await?,
            reader: input::open(&args.file)?,
            rejects: Box::new(RejectFile::new(rejects)),
            progress: Box::new(move |rows| progress.at(rows)),
        };
        Ok(audiences::import(&open.app, &open.actor, request).await?)
    })
    .await?;
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

fn human(done: &json::Import) -> String {
    let mut out = format!(
        "{}: {} imported, {} updated, {} unchanged, {} rejected",
        counted(done.rows, "row", "rows"),
        count(done.imported),
        count(done.updated),
        count(done.unchanged),
        count(done.rejected)
    );
    if done.opt_outs_kept > 0 {
        let people = counted(done.opt_outs_kept, "person", "people");
        out.push_str(&format!("\n{people} opted out before, and will not be written to"));
    }
    if let Some(file) = &done.rejects_file {
        out.push_str(&format!("\nrejected rows, with reasons: {file}"));
    }
    out
}
