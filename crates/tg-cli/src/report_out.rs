//! A report on its way out: to standard output or into a file, in the format that was asked for.

use crate::args::report::{ReportFormat, ReportOut};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;
use tg_security::WholeFile;

/// Formats that each report has its own way of making.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileFormat {
    /// For spreadsheets.
    Csv,
    /// A page.
    Html,
}

/// A report that was written to a file.
#[derive(Serialize)]
struct ReportFile<'a> {
    /// `tg.report_file/1`
    schema: &'static str,
    /// The file.
    file: &'a str,
}

/// Puts a report where it was asked for; `human` makes a table of it, `other` the rest.
///
/// # Errors
/// If it cannot be made or written.
pub(crate) fn put<T: Serialize>(
    context: &Context,
    out: &ReportOut,
    report: &T,
    human: fn(&T) -> String,
    other: impl FnOnce(FileFormat) -> Result<Vec<u8>, CliError>,
) -> Result<Exit, CliError> {
    let printer = &context.printer;
    let format = match (out.format(), &out.to) {
        (None, None) => {
            printer.result(report, human)?;
            return Ok(Exit::Done);
        }
        (None, Some(_)) => ReportFormat::Table,
        (Some(format), _) => format,
    };
    let mut bytes = match format {
        ReportFormat::Table => human(report).into_bytes(),
        ReportFormat::Json => serde_json::to_vec(report).map_err(|error| unwritable(&error))?,
        ReportFormat::Csv => other(FileFormat::Csv)?,
        ReportFormat::Html => other(FileFormat::Html)?,
    };
    if bytes.last().is_some_and(|last| *last != b'\n') {
        bytes.push(b'\n');
    }
    let Some(path) = &out.to else {
        printer.write(&bytes)?;
        return Ok(Exit::Done);
    };
    let file = path.display().to_string();
    write(path, &bytes).map_err(|error| {
        CliError::new(Exit::Failed, "unwritable", format!("cannot write {file}")).because(&error)
    })?;
    let done = ReportFile { schema: "tg.report_file/1", file: &file };
    printer.result(&done, |done| format!("report written to {}", done.file))?;
    Ok(Exit::Done)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = WholeFile::create(path)?;
    file.write_all(bytes)?;
    file.commit().map(drop)
}

/// A report that cannot be made, which is a fault of ours.
pub(crate) fn unwritable(error: &(dyn std::error::Error + 'static)) -> CliError {
    CliError::new(Exit::Failed, "internal", "the report cannot be made").because(error)
}
