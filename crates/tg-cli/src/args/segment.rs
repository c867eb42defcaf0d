//! `tg segment …`

use clap::{Args, Subcommand};

/// What filters are made of, for the help of whatever takes one.
pub(crate) const FILTERS: &str = "Filters: field = \"text\", !=, in (a, b), contains, begins; < <= > >= for numbers; \
tag = vip; audience = other; consented_at, last_sent and last_answer with a date or \"30d ago\"; sent, replied, \
consented, opted_out, suppressed; and, or, not, ( ). What is not known of somebody meets no condition.";

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Segment {
    /// Give a filter a name
    #[command(after_long_help = format!("{FILTERS}\n\nExamples:\n  tg segment add vips 'tag = vip and not replied'\n  \
tg segment add berlin 'lang = \"de\" and city in (\"Berlin\", \"Potsdam\") and last_sent < 30d ago'"))]
    Add(Add),
    /// All segments
    #[command(after_long_help = "Example:\n  tg segment list")]
    List,
    /// One segment, and how many people of a list it chooses now
    #[command(after_long_help = "Example:\n  tg segment show vips --audience friends")]
    Show(Show),
    /// Take a segment away; campaigns keep what they were made with
    #[command(after_long_help = "Example:\n  tg segment remove vips")]
    Remove(Name),
}

/// What to name.
#[derive(Args, Debug)]
pub(crate) struct Add {
    /// The segment's name
    pub(crate) name: String,
    /// Whom it chooses
    #[arg(value_name = "FILTER")]
    pub(crate) filter: String,
}

/// Which segment, of which list.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The segment's name
    pub(crate) name: String,
    /// The list whose people are counted
    #[arg(long, value_name = "NAME")]
    pub(crate) audience: Option<String>,
}

/// Which segment.
#[derive(Args, Debug)]
pub(crate) struct Name {
    /// The segment's name
    pub(crate) name: String,
}

/// Whom of a list.
#[derive(Args, Debug, Default)]
pub(crate) struct WhomArgs {
    /// Only whom this filter chooses, such as 'lang = "de" and tag = vip' (`tg segment add --help`)
    #[arg(long = "where", value_name = "FILTER", conflicts_with = "segment")]
    pub(crate) filter: Option<String>,
    /// Only whom this segment chooses
    #[arg(long, value_name = "NAME")]
    pub(crate) segment: Option<String>,
}

impl WhomArgs {
    pub(crate) fn whom(&self) -> tg_app::segments::Whom<'_> {
        tg_app::segments::Whom { filter: self.filter.as_deref(), segment: self.segment.as_deref() }
    }
}
