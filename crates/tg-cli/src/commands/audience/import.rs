//! `tg audience import`: people with their consent, from a CSV file.

use crate::args::audience::Import;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::input;
use crate::progress::Progress;
use crate::text::{count, counted};
use crate::wire;
use std::path::{Path, PathBuf};
use tg_app::audiences::{self, ImportRequest, RejectFile};
use tg_app::json;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Import) -> Result<Exit, CliError> {
    let reader = input::open(&args.file)?;
    let rejects = args.rejects.clone().unwrap_or_else(|| beside(&args.file));
    let mut progress = Progress::new(&context.printer, "rows read");
    let done = wire::with(context, async |open| {
        let request = ImportRequest {
            audience: &args.name,
            consent: &args.consent,
            strict: args.strict,
            allow_test_numbers: open.is_simulated().await?,
            reader,
            rejects: Box::new(RejectFile::new(rejects)),
            progress: Box::new(move |rows| progress.at(rows)),
        };
        Ok(audiences::import(&open.app, &open.actor, request).await?)
    })
    .await?;
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

/// Where rejected rows go if nothing else is said.
fn beside(input: &Path) -> PathBuf {
    let mut name =
        if input::is_stdin(input) { "stdin".into() } else { input.as_os_str().to_owned() };
    name.push(".rejects.csv");
    PathBuf::from(name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_stand_beside_their_file() {
        assert_eq!(beside(Path::new("a/b.csv")), Path::new("a/b.csv.rejects.csv"));
        assert_eq!(beside(Path::new("-")), Path::new("stdin.rejects.csv"));
    }
}
