//! How reports are written, and where to.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// The way out of a report.
#[derive(Args, Debug)]
pub(crate) struct ReportOut {
    /// How it is written [default: by the file's name, else as a table]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ReportFormat>,
    /// The file, written whole or not at all; standard output if none is named
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

impl ReportOut {
    /// The format that was asked for, by name or by the file's.
    pub(crate) fn format(&self) -> Option<ReportFormat> {
        let extension = self.to.as_ref().and_then(|file| file.extension()?.to_str());
        self.format.or_else(|| ReportFormat::from_str(extension?, true).ok())
    }
}

/// A format of reports, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For a terminal
    Table,
    /// One JSON document
    Json,
    /// For spreadsheets
    Csv,
    /// One page with plots, for a browser; campaigns only
    #[value(alias = "htm")]
    Html,
}
