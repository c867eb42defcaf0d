//! `tg audience …`

use super::segment::WhomArgs;
use super::values::{moment, not_blank, tag_change};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use tg_core::time::Timestamp;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Audience {
    /// Put the people of a CSV or JSON lines file on a list, with their consent
    #[command(
        after_long_help = "Columns: at least one of username, phone, user_id in every row; first_name, last_name, lang \
and tz if you have them; consent, consented_at, consent_evidence and consent_scope where each person agreed in their own \
way; tags, opted_out_at and suppressed, as an export has them; any other column is a field for templates. Rows that \
cannot be taken are written, with the reason, to FILE.rejects.csv. Somebody who opted out stays opted out.\n\n\
Examples:\n  tg audience import friends people.csv --consent \"signed up at the fair, 2026-10-03\"\n  tg audience import \
friends crm.csv --delimiter ';' --map 'phone=Mobile,first_name=\"Given name\"' --ignore-rest --consent \"CRM, ticked \
the box\" --dry-run\n  crm-dump | tg audience import friends - --format jsonl"
    )]
    Import(Box<Import>),
    /// All lists with their counts
    #[command(after_long_help = "Example:\n  tg audience list")]
    List,
    /// One list
    #[command(
        after_long_help = "Examples:\n  tg audience show friends\n  tg audience show friends --where 'tag = vip and not replied'"
    )]
    Show(Show),
    /// Everybody on a list, with whole phone numbers, as CSV
    #[command(
        after_long_help = "The columns are those of an import, then consent, consented_at, opted_out_at and suppressed: \
whoever uses the file elsewhere needs to know who said no. Cells that a spreadsheet would calculate are made text. With \
`--output json` and no file: one JSON document per line. The audit log keeps who took out how many.\n\nExamples:\n  \
tg audience export friends --to friends.csv\n  tg audience export friends | head"
    )]
    Export(Export),
    /// Give people of a list tags, and take tags away
    #[command(
        after_long_help = "Examples:\n  tg audience tag friends +spring\n  tg audience tag friends --where \
'last_answer > 30d ago' +active -cold"
    )]
    Tag(Tag),
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
    /// The file; `-` for standard input
    pub(crate) file: PathBuf,
    /// How these people agreed to hear from you; kept with each of them [default: the column consent]
    #[arg(long, value_name = "TEXT", value_parser = not_blank)]
    pub(crate) consent: Option<String>,
    /// When they agreed, such as 2026-10-03 [default: the column consented_at, else now]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) consent_at: Option<Timestamp>,
    /// What proves it, such as the form's number [default: the column consent_evidence]
    #[arg(long, value_name = "REF", value_parser = not_blank)]
    pub(crate) evidence: Option<String>,
    /// For what they agreed, such as "the monthly letter" [default: the column consent_scope]
    #[arg(long, value_name = "TEXT", value_parser = not_blank)]
    pub(crate) scope: Option<String>,
    /// Take people without a consent, too: nothing is sent to them until a list brings one
    #[arg(long)]
    pub(crate) pending: bool,
    /// How the file is written [default: jsonl if its name ends so, else csv]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ImportFormat>,
    /// What stands between the columns of a CSV file: one character, or `tab`
    #[arg(long, value_name = "CHAR", default_value = ",", value_parser = delimiter)]
    pub(crate) delimiter: u8,
    /// Which column is what: FIELD=COLUMN, several separated by commas
    #[arg(long, value_name = "FIELD=COLUMN")]
    pub(crate) map: Vec<String>,
    /// The same from a file, one FIELD=COLUMN per line
    #[arg(long, value_name = "FILE")]
    pub(crate) map_file: Option<PathBuf>,
    /// Columns to leave out
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// Leave out every column that is not mapped
    #[arg(long)]
    pub(crate) ignore_rest: bool,
    /// A label for everybody in the file
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub(crate) tag: Vec<String>,
    /// Change nothing: say what would be imported, and write the rejects
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Import nothing, and fail, if any row is rejected
    #[arg(long)]
    pub(crate) strict: bool,
    /// Where rejected rows go [default: FILE.rejects.csv; ./stdin.rejects.csv for standard input]
    #[arg(long, value_name = "PATH")]
    pub(crate) rejects: Option<PathBuf>,
}

/// How a file is written, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImportFormat {
    /// A table whose first row names the columns
    Csv,
    /// One JSON object per line
    Jsonl,
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" => Ok(b'\t'),
        _ => match text.as_bytes() {
            [one] if one.is_ascii_graphic() && *one != b'"' || *one == b'\t' => Ok(*one),
            _ => Err("it is one character, such as ';', or `tab`".to_owned()),
        },
    }
}

/// Which list, and whom of it.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The list's name
    pub(crate) name: String,
    /// Whom to count
    #[command(flatten)]
    pub(crate) whom: WhomArgs,
}

/// Whose labels, and which.
#[derive(Args, Debug)]
pub(crate) struct Tag {
    /// The list's name
    pub(crate) name: String,
    /// Whom of it
    #[command(flatten)]
    pub(crate) whom: WhomArgs,
    /// +TAG to add, -TAG to remove
    #[arg(
        required = true,
        allow_hyphen_values = true,
        value_name = "+TAG|-TAG",
        value_parser = tag_change
    )]
    pub(crate) changes: Vec<String>,
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
    /// Whom of it
    #[command(flatten)]
    pub(crate) whom: WhomArgs,
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
