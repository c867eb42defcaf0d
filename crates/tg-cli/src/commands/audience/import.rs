//! `tg audience import`: people with their consent, from a CSV or JSON lines file.

use crate::args::audience::{Import, ImportFormat};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::input;
use crate::progress::Progress;
use crate::text::{count, counted};
use crate::wire::{self, Need};
use tg_app::Permission;
use tg_app::audiences::{self, ImportConsent, ImportRequest, RejectFile};
use tg_app::json;
use tg_security::validate::list::{ColumnMap, ListFormat, MapError};

/// The longest file of mappings, in bytes.
const MAX_MAP: usize = 64 * 1024;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Import) -> Result<Exit, CliError> {
    let rejects = args.rejects.clone().unwrap_or_else(|| input::beside(&args.file, ".rejects.csv"));
    let mut progress = Progress::new(&context.printer, "rows read");
    let consent = ImportConsent {
        source: args.consent.as_deref(),
        at: args.consent_at,
        evidence: args.evidence.as_deref(),
        scope: args.scope.as_deref(),
        pending: args.pending,
    };
    let done = wire::with(context, async |open| {
        open.permit(Need::of(Permission::AudienceImport, "audience").named(&args.name)).await?;
        let map = map(args)?;
        let reader = input::open(&args.file)?;
        let request = ImportRequest {
            tags: &args.tag,
            strict: args.strict,
            dry_run: args.dry_run,
            allow_test_numbers: open.is_simulated().await?,
            format: format(args),
            map,
            progress: Box::new(move |rows| progress.at(rows)),
            ..ImportRequest::new(&args.name, consent, reader, Box::new(RejectFile::new(rejects)))
        };
        Ok(audiences::import(&open.app, &open.actor, request).await?)
    })
    .await?;
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

fn format(args: &Import) -> ListFormat {
    let named = || {
        let end = args.file.extension().and_then(|end| end.to_str()).unwrap_or_default();
        matches!(end, "jsonl" | "ndjson")
    };
    match args.format {
        Some(ImportFormat::Jsonl) => ListFormat::JsonLines,
        None if named() => ListFormat::JsonLines,
        Some(ImportFormat::Csv) | None => ListFormat::Csv { delimiter: args.delimiter },
    }
}

/// What is said about columns, in a file and on the command line.
fn map(args: &Import) -> Result<ColumnMap, CliError> {
    let mut map = ColumnMap::default();
    if let Some(path) = &args.map_file {
        let text = input::read_text(path, MAX_MAP)?;
        let lines = text.lines().map(str::trim).enumerate();
        for (at, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            map.map(line).map_err(|error| {
                unmappable(&error, &format!("{}, line {}: ", input::label(path), at + 1))
            })?;
        }
    }
    for list in &args.map {
        map.map_all(list).map_err(|error| unmappable(&error, ""))?;
    }
    args.ignore.iter().for_each(|column| map.ignore(column));
    if args.ignore_rest {
        map.ignore_rest();
    }
    Ok(map)
}

fn unmappable(error: &MapError, place: &str) -> CliError {
    CliError::new(Exit::Usage, "bad_map", format!("{place}{error}"))
        .hint("--map 'phone=Mobile,first_name=\"Given name\"': the field first, then the column")
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
    if done.dry_run {
        out.push_str("\nnothing was changed: this is what an import would do");
    }
    out
}
