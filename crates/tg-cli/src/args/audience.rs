//! `tg audience …`

use super::values::not_blank;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Audience {
    /// Put the people of a CSV file on a list, with their consent
    #[command(
        after_long_help = "Columns: at least one of username, phone, user_id in every row; first_name, last_name, lang \
and tz if you have them; any other column is a field for templates. Rows that cannot be taken are written, with the \
reason, to FILE.rejects.csv. Somebody who opted out stays opted out.\n\nExample:\n  tg audience import friends \
people.csv --consent \"signed up at the fair, 2026-10-03\""
    )]
    Import(Import),
    /// All lists with their counts
    #[command(after_long_help = "Example:\n  tg audience list")]
    List,
    /// One list
    #[command(after_long_help = "Example:\n  tg audience show friends")]
    Show(Name),
    /// Everybody on a list, with whole phone numbers, as CSV
    #[command(
        after_long_help = "The columns are those of an import, then consent, consented_at, opted_out_at and suppressed: \
whoever uses the file elsewhere needs to know who said no. Cells that a spreadsheet would calculate are made text. With \
`--output json` and no file: one JSON document per line. The audit log keeps who took out how many.\n\nExamples:\n  \
tg audience export friends --to friends.csv\n  tg audience export friends | head"
    )]
    Export(Export),
    /// Never write to these people again, on one list or everywhere
    #[command(
        after_long_help = "A running engine obeys from its next message on. A first name that looks like a person \
(@name, +number, digits) means everywhere, as `all` does.\n\nExamples:\n  tg audience suppress friends @maria \
+4915112345678\n  tg audience suppress all 5000001"
    )]
    Suppress(Suppress),
}

/// What to import.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The list; it is made if it does not exist
    pub(crate) name: String,
    /// The CSV file; `-` for standard input
    pub(crate) file: PathBuf,
    /// How these people agreed to hear from you; kept with each of them
    #[arg(long, value_name = "TEXT", value_parser = not_blank)]
    pub(crate) consent: String,
    /// Import nothing, and fail, if any row is rejected
    #[arg(long)]
    pub(crate) strict: bool,
    /// Where rejected rows go [default: FILE.rejects.csv; ./stdin.rejects.csv for standard input]
    #[arg(long, value_name = "PATH")]
    pub(crate) rejects: Option<PathBuf>,
}

/// Which list.
#[derive(Args, Debug)]
pub(crate) struct Name {
    /// The list's name
    pub(crate) name: String,
}

/// Which list, and where to.
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// The list's name
    pub(crate) name: String,
    /// How people are written [default: csv; json with --output json and no file]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ExportFormat>,
    /// The file, written whole or not at all; standard output if none is named
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

/// A format of exports, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// A table for spreadsheets and for `tg audience import`
    Csv,
    /// One JSON document per line
    Json,
}

/// Whom, and where.
#[derive(Args, Debug)]
pub(crate) struct Suppress {
    /// The list, or `all`; then people: @username, +phone or user id
    #[arg(required = true, num_args = 1.., value_names = ["AUDIENCE", "WHO"])]
    names: Vec<String>,
}

impl Suppress {
    /// The list, `None` for all of them, and the people.
    pub(crate) fn target(&self) -> (Option<&str>, &[String]) {
        match self.names.split_first() {
            None => (None, &[]),
            Some((first, _)) if is_person(first) => (None, &self.names),
            Some((first, people)) if first == "all" => (None, people),
            Some((first, people)) => (Some(first), people),
        }
    }
}

fn is_person(name: &str) -> bool {
    name.starts_with(['@', '+']) || name.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(line: &str) -> (Option<String>, usize) {
        let suppress = Suppress { names: line.split(' ').map(ToOwned::to_owned).collect() };
        let (list, people) = suppress.target();
        (list.map(ToOwned::to_owned), people.len())
    }

    #[test]
    fn a_list_or_everywhere() {
        assert_eq!(target("friends @maria 5"), (Some("friends".into()), 2));
        assert_eq!(target("all @maria"), (None, 1));
        assert_eq!(target("@maria +49151"), (None, 2));
        assert_eq!(target("5000001"), (None, 1));
        assert_eq!(target("friends"), (Some("friends".into()), 0));
    }
}
