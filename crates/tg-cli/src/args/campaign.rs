//! `tg campaign …`

use super::report::ReportOut;
use super::segment::WhomArgs;
use super::values::not_blank;
use super::variant::{VariantArg, variant};
use crate::config::{Amount, Span};
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use tg_app::campaigns::Finding;
use tg_core::campaign::Pace;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Campaign {
    /// Make a campaign; nothing is sent before it is started
    #[command(
        after_long_help = "The template is checked against the audience's fields, in every language. Instead of one \
template several can be compared: each person gets one of them, by weight, the same one whatever is interrupted or \
retried, and the report says what each came to.\n\nWith --personal a language model writes a text for each recipient \
before it is due: it is asked by the template PROMPT, told the fields of --fields and nothing else of the person, and \
what it says is checked. Whoever gets no text gets the campaign's template.\n\nExamples:\n  tg campaign create spring \
--audience friends --template hello --accounts all\n  tg campaign create vips --audience friends --template hello \
--accounts all --where 'tag = vip and last_sent < 30d ago'\n  tg campaign create spring --audience friends --variant \
A=hello:2 --variant B=offer --accounts all\n  tg campaign create spring --audience friends --template hello --accounts \
all --personal invite --fields first_name,city --review --budget-tokens 500000"
    )]
    Create(Box<Create>),
    /// What would happen: who, through which account, until when
    #[command(
        after_long_help = "Nothing is sent or changed. The end is predicted from the pace of each account, as if nothing else \
were sent; looking people up is limited far more tightly than writing to them.\n\nExample:\n  tg campaign plan spring"
    )]
    Plan(Name),
    /// What people would read: their variant, in their language, and through which account
    #[command(
        after_long_help = "Nothing is sent. The account is shown if it has the message, or knows the person.\n\nExamples:\n  \
tg campaign preview spring --count 5\n  tg campaign preview spring --contact @maria"
    )]
    Preview(Preview),
    /// Send the message to the sending account's own Saved Messages
    #[command(
        after_long_help = "As one person would read it, with files and formatting. It is sent once, like an answer, by a \
running engine or the next `tg run`; it counts for no campaign. Bots have no Saved Messages.\n\nExamples:\n  tg \
campaign test spring\n  tg campaign test spring --contact @maria --account anna --wait 30s"
    )]
    Test(Test),
    /// Start a campaign; a running engine, or the next `tg run`, sends it
    #[command(after_long_help = "Example:\n  tg campaign start spring")]
    Start(Name),
    /// Send nothing more; what is in flight settles
    #[command(after_long_help = "Example:\n  tg campaign pause spring")]
    Pause(Name),
    /// Let a paused campaign go on
    #[command(after_long_help = "Example:\n  tg campaign resume spring")]
    Resume(Name),
    /// End a campaign for good; what was not attempted is canceled
    #[command(after_long_help = "Example:\n  tg campaign cancel spring")]
    Cancel(Name),
    /// All campaigns
    #[command(after_long_help = "Example:\n  tg campaign list")]
    List,
    /// Where a campaign stands now
    #[command(after_long_help = "Example:\n  tg campaign status spring")]
    Status(Name),
    /// What became of every recipient, in numbers that add up
    #[command(
        after_long_help = "The page is one file that loads nothing, with plots of what was delivered and answered over \
time: for people who do not run tg. The CSV has one row for each account, outcome and reason, and its numbers add up to \
the recipients. Times are UTC.\n\nExamples:\n  tg campaign report spring\n  tg campaign report spring --to \
spring.html\n  tg campaign report spring --format csv > spring.csv\n  tg campaign report spring --output json"
    )]
    Report(Report),
    /// Every recipient with the outcome
    #[command(
        after_long_help = "Examples:\n  tg campaign deliveries spring --outcome failed\n  tg campaign deliveries \
spring --output json > spring.jsonl"
    )]
    Deliveries(Deliveries),
    /// Have failed messages tried again; a finished campaign runs again
    #[command(
        after_long_help = "Only messages that were proven not to be delivered: each gets a new attempt, with checks \
of consent and opt-out as for the first. What is unknown may have arrived; say what became of it with \
`tg campaign resolve` first. What arrived in part is never sent again.\n\nExamples:\n  tg campaign retry spring\n  \
tg campaign retry spring --reason USER_PRIVACY_RESTRICTED"
    )]
    Retry(Retry),
    /// Say what became of messages whose outcome is unknown
    #[command(
        after_long_help = "A message is unknown if its answer was lost and nothing since has shown whether it arrived. \
Look into the chats, then decide: `sent` ends it; `not-delivered` counts as failed, and `tg campaign retry` may try it \
again. `tg campaign deliveries NAME --outcome unknown` shows the ids.\n\nExamples:\n  tg campaign resolve spring \
--delivery 17 --as sent\n  tg campaign resolve spring --all --as not-delivered --reason restored"
    )]
    Resolve(Resolve),
    /// Read personal texts before they are sent, and decide about them
    #[command(
        after_long_help = "Of campaigns that were made with `--personal … --review`. What is approved is sent as it is; for what \
is rejected the campaign's template is sent. Neither can be taken back.\n\nExamples:\n  tg campaign review spring list\n  \
tg campaign review spring approve --delivery 17\n  tg campaign review spring reject --all"
    )]
    Review(Review),
}

/// Which texts, and what about them.
#[derive(Args, Debug)]
pub(crate) struct Review {
    /// The campaign's name
    pub(crate) name: String,
    /// What to do
    #[command(subcommand)]
    pub(crate) verb: ReviewVerb,
}

/// What somebody does about texts.
#[derive(Debug, Subcommand)]
pub(crate) enum ReviewVerb {
    /// Texts that wait, with their deliveries
    #[command(after_long_help = "Example:\n  tg campaign review spring list --all")]
    List {
        /// Also those that were decided about, and why the template is sent to whom
        #[arg(long)]
        all: bool,
    },
    /// Let texts be sent as they are
    #[command(after_long_help = "Example:\n  tg campaign review spring approve --all")]
    Approve(WhichTexts),
    /// Have the template sent instead
    #[command(after_long_help = "Example:\n  tg campaign review spring reject --delivery 17")]
    Reject(WhichTexts),
}

/// Which texts.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("which").required(true).args(["delivery", "all"])))]
pub(crate) struct WhichTexts {
    /// One, by the id that `list` shows
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) delivery: Option<i64>,
    /// All that wait now
    #[arg(long)]
    pub(crate) all: bool,
}

/// Which campaign.
#[derive(Args, Debug)]
pub(crate) struct Name {
    /// The campaign's name
    pub(crate) name: String,
}

/// For whom.
#[derive(Args, Debug)]
pub(crate) struct Preview {
    /// The campaign's name
    pub(crate) name: String,
    /// One person: @username, +phone or user id
    #[arg(long, value_name = "WHO", conflicts_with = "count")]
    pub(crate) contact: Option<String>,
    /// How many people of the audience, from its beginning
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(crate) count: u16,
}

/// What to try.
#[derive(Args, Debug)]
pub(crate) struct Test {
    /// The campaign's name
    pub(crate) name: String,
    /// As this person would read it: @username, +phone or user id [default: the audience's first]
    #[arg(long, value_name = "WHO")]
    pub(crate) contact: Option<String>,
    /// Through this account, to itself [default: the one that would write to the person]
    #[arg(long, value_name = "NAME")]
    pub(crate) account: Option<String>,
    /// How long to wait for it to arrive, such as 30s [default: not at all]
    #[arg(long, value_name = "SPAN")]
    pub(crate) wait: Option<Span>,
}

/// What to make.
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// The campaign's name
    pub(crate) name: String,
    /// Who hears it
    #[arg(long, value_name = "NAME")]
    pub(crate) audience: String,
    /// What it says
    #[arg(long, value_name = "NAME", required_unless_present = "variant")]
    pub(crate) template: Option<String>,
    /// One of the templates to compare, with its weight (1 if not given); repeat it for each
    #[arg(long, value_name = "NAME=TEMPLATE[:WEIGHT]", value_parser = variant, conflicts_with = "template")]
    pub(crate) variant: Vec<VariantArg>,
    /// Who says it: `all`, names separated by commas, or tag:NAME
    #[arg(long, value_name = "WHICH")]
    pub(crate) accounts: String,
    /// How fast
    #[arg(long, value_enum, default_value_t = PaceArg::Standard)]
    pub(crate) pace: PaceArg,
    /// Whom of the audience; kept with the campaign, applied when it is started
    #[command(flatten)]
    pub(crate) whom: WhomArgs,
    /// Have a model write each recipient's text, asked by this template
    #[arg(long, value_name = "PROMPT", requires = "fields", conflicts_with = "variant")]
    pub(crate) personal: Option<String>,
    /// What the model is told of a person: names of fields, separated by commas, and nothing else
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', requires = "personal")]
    pub(crate) fields: Vec<String>,
    /// A person approves each text (`tg campaign review`)
    #[arg(long, requires = "personal")]
    pub(crate) review: bool,
    /// Tokens that all texts may cost; then the template is sent
    #[arg(long, value_name = "N", requires = "personal", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) budget_tokens: Option<i64>,
    /// Money that all texts may cost, such as "5 USD"; then the template is sent
    #[arg(long, value_name = "AMOUNT", requires = "personal")]
    pub(crate) budget_money: Option<Amount>,
}

/// A pace, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PaceArg {
    /// Conservative for people's accounts, Telegram's published limits for bots
    Standard,
    /// As fast as it goes; for simulated data centres only
    Unlimited,
}

impl From<PaceArg> for Pace {
    fn from(pace: PaceArg) -> Self {
        match pace {
            PaceArg::Standard => Self::Standard,
            PaceArg::Unlimited => Self::Unlimited,
        }
    }
}

/// Which report, and how.
#[derive(Args, Debug)]
pub(crate) struct Report {
    /// The campaign's name
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) out: ReportOut,
}

/// Which deliveries.
#[derive(Args, Debug)]
pub(crate) struct Deliveries {
    /// The campaign's name
    pub(crate) name: String,
    /// Only those with this outcome
    #[arg(long, value_name = "OUTCOME", value_parser = OUTCOMES)]
    pub(crate) outcome: Option<String>,
}

/// Outcomes as reports name them.
const OUTCOMES: [&str; 7] =
    ["pending", "deferred", "sent", "failed", "skipped", "unknown", "canceled"];

/// What to try again.
#[derive(Args, Debug)]
pub(crate) struct Retry {
    /// The campaign's name
    pub(crate) name: String,
    /// Which messages; those that are unknown are refused, with their number
    #[arg(long, value_name = "OUTCOME", default_value = "failed", value_parser = ["failed", "unknown"])]
    pub(crate) outcome: String,
    /// Only those that failed for this reason, as reports name it
    #[arg(long, value_name = "REASON", value_parser = not_blank)]
    pub(crate) reason: Option<String>,
}

/// What somebody found out.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("which").required(true).args(["delivery", "all"])))]
pub(crate) struct Resolve {
    /// The campaign's name
    pub(crate) name: String,
    /// One message, by the id that `tg campaign deliveries` shows
    #[arg(long, value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    pub(crate) delivery: Option<i64>,
    /// All unknown messages of the campaign
    #[arg(long)]
    pub(crate) all: bool,
    /// What became of them
    #[arg(long = "as", value_name = "FINDING", value_enum)]
    pub(crate) finding: FindingArg,
    /// With --all: only those that are unknown for this reason, as reports name it
    #[arg(long, value_name = "REASON", conflicts_with = "delivery", value_parser = not_blank)]
    pub(crate) reason: Option<String>,
}

/// A finding, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FindingArg {
    /// The person received it
    Sent,
    /// The person did not receive it
    NotDelivered,
}

impl From<FindingArg> for Finding {
    fn from(finding: FindingArg) -> Self {
        match finding {
            FindingArg::Sent => Self::Sent,
            FindingArg::NotDelivered => Self::NotDelivered,
        }
    }
}
