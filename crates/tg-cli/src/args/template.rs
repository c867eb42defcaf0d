//! `tg template …`

use super::media::{MediaArg, media};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use tg_core::template::Format;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Template {
    /// Keep a template: Markdown, Telegram's HTML or plain text, with {{ fields }}
    #[command(
        after_long_help = "A template is never changed after it was added, so that reports stay true; add a new one \
instead. Languages may be added to it until a campaign that says it begins: people read the text in theirs, `de-AT` also \
that in `de`, and everybody else the one that was added first. Files are copied into the home, \
each at most 10 MiB, and uploaded once by each account. Lines at the end like [Shop](https://example.org){button} become \
buttons, one row a line, which only bots send. At most 256 KiB of UTF-8. HTML is Telegram's own subset: b, i, u, s, code, pre, a, blockquote and tg-spoiler, \
with line ends as they are written; anything else is a fault that `tg template lint` names.\n\nExamples:\n  \
tg template add hello hello.md\n  tg template add offer offer.html\n  tg template add hello hallo.md --lang de\n  tg template add spring spring.md --media photo:tulips.jpg\n  tg template add list \
list.md --media document:prices.pdf --media document:terms.pdf\n  echo 'Hi {{ first_name }}' | tg \
template add hi -"
    )]
    Add(Add),
    /// All templates
    #[command(after_long_help = "Example:\n  tg template list")]
    List,
    /// A template as it was added
    #[command(after_long_help = "Example:\n  tg template show hello")]
    Show(Name),
    /// Look for faults, with line and column
    #[command(
        after_long_help = "Every language is looked at. With a list, its fields are known, and any other name is a fault, and the template is tried for the \
first thousand people. Links that lead elsewhere than meant and texts that cannot fit are warnings. Ends with 1 if there is \
a fault.\n\nExample:\n  tg template lint hello --audience friends"
    )]
    Lint(Lint),
    /// What people on a list would read
    #[command(
        after_long_help = "Nothing is sent.\n\nExamples:\n  tg template preview hello --audience friends --count 3\n  \
tg template preview hello --audience friends --contact @maria"
    )]
    Preview(Preview),
}

/// What to keep.
#[derive(Args, Debug)]
pub(crate) struct Add {
    /// The template's name
    pub(crate) name: String,
    /// The file; `-` for standard input
    pub(crate) file: PathBuf,
    /// A file that the first message is sent with; several are an album
    #[arg(long, value_name = "KIND:FILE", value_parser = media)]
    pub(crate) media: Vec<MediaArg>,
    /// Its language, like `de` or `pt-BR`; the second and further texts of a template need one
    #[arg(long, value_name = "TAG")]
    pub(crate) lang: Option<String>,
    /// How it is written [default: by the file's name, .html or .txt, else markdown]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<FormatArg>,
}

/// A format of templates, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArg {
    /// CommonMark with ~~strikethrough~~
    Markdown,
    /// Telegram's own subset
    Html,
    /// Text as it stands
    Plain,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Markdown => Self::Markdown,
            FormatArg::Html => Self::Html,
            FormatArg::Plain => Self::Plain,
        }
    }
}

/// Which template.
#[derive(Args, Debug)]
pub(crate) struct Name {
    /// The template's name
    pub(crate) name: String,
}

/// What to look at.
#[derive(Args, Debug)]
pub(crate) struct Lint {
    /// The template's name
    pub(crate) name: String,
    /// A list whose fields the template may use
    #[arg(long, value_name = "NAME")]
    pub(crate) audience: Option<String>,
}

/// For whom.
#[derive(Args, Debug)]
pub(crate) struct Preview {
    /// The template's name
    pub(crate) name: String,
    /// The list
    #[arg(long, value_name = "NAME")]
    pub(crate) audience: String,
    /// One person of it: @username, +phone or user id
    #[arg(long, value_name = "WHO", conflicts_with = "count")]
    pub(crate) contact: Option<String>,
    /// How many people of it, from its beginning
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub(crate) count: u16,
}
