//! `tg campaign …`

use clap::{Args, Subcommand, ValueEnum};
use tg_core::campaign::Pace;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Campaign {
    /// Make a campaign; nothing is sent before it is started
    #[command(
        after_long_help = "The template is checked against the audience's fields.\n\nExample:\n  tg campaign create \
spring --audience friends --template hello --accounts all"
    )]
    Create(Create),
    /// What would happen: who, through which account, until when
    #[command(
        after_long_help = "Nothing is sent or changed.\n\nExample:\n  tg campaign plan spring"
    )]
    Plan(Name),
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
    #[command(after_long_help = "Example:\n  tg campaign report spring --output json")]
    Report(Name),
    /// Every recipient with the outcome
    #[command(
        after_long_help = "Examples:\n  tg campaign deliveries spring --outcome failed\n  tg campaign deliveries \
spring --output json > spring.jsonl"
    )]
    Deliveries(Deliveries),
}

/// Which campaign.
#[derive(Args, Debug)]
pub(crate) struct Name {
    /// The campaign's name
    pub(crate) name: String,
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
    #[arg(long, value_name = "NAME")]
    pub(crate) template: String,
    /// Who says it: `all`, names separated by commas, or tag:NAME
    #[arg(long, value_name = "WHICH")]
    pub(crate) accounts: String,
    /// How fast
    #[arg(long, value_enum, default_value_t = PaceArg::Standard)]
    pub(crate) pace: PaceArg,
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
