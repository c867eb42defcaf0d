//! `tg account …`

use super::report::ReportOut;
use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Sign an account in: by phone, by QR code, or a bot by its token
    #[command(after_long_help = ADD)]
    Add(Add),
    /// Sign accounts of this home in again
    #[command(after_long_help = LOGIN)]
    Login(Login),
    /// Connect accounts and say how they are
    #[command(
        after_long_help = "Without names, all. What Telegram says is recorded: a session that is gone makes the \
account revoked, one that works again makes it active. Accounts that a running engine has connected are left to it.\n\nExample:\n  tg account check anna"
    )]
    Check(Check),
    /// Take an account out of the home, and sign it out
    #[command(
        after_long_help = "Its session is ended at Telegram and forgotten here; `tg account login` brings it back. \
Messages of its own that may have been sent wait for `tg campaign resolve`. A running engine lets go of it first.\n\n\
Example:\n  tg account remove anna"
    )]
    Remove(Remove),
    /// Label an account, for --accounts tag:NAME
    #[command(after_long_help = "Example:\n  tg account tag anna +germany -test")]
    Tag(Tag),
    /// Add accounts with the sessions that they have elsewhere
    #[command(
        after_long_help = "Takes .session files of Telethon, Pyrogram and kurigram, text files with their session \
strings (one per line, `NAME STRING` or only `STRING`), sealed exports of another home, and accounts.json; what a file is \
shows in its content. Files are read and never touched; people that a file knows come along. A session that does not say \
whose it is is used once, to ask. Accounts that are here already are left alone. Sessions are sealed before they are \
stored.\n\nOne session must not be used in two places: Telegram ends it. End the other program for good before \
`tg run`.\n\nExamples:\n  tg account import sessions/*.session\n  tg account import anna.session --name anna --proxy \
berlin\n  tg account import sim/accounts.json"
    )]
    Import(Import),
    /// Take an account's session out, for another program or home
    #[command(
        after_long_help = "Whoever has a session is signed in as the account; the sealed form needs its passphrase, which \
is asked for or read from standard input. One session must not be used in two places: pause the account first, or remove \
it here once it works there. The audit log keeps who took it out.\n\nExamples:\n  tg account export anna --format \
sealed --to anna.tgs\n  tg account export anna --format telethon-string --stdout"
    )]
    Export(Export),
    /// Accounts and what they can do now
    #[command(after_long_help = "Example:\n  tg account list")]
    List,
    /// One account
    #[command(after_long_help = "Example:\n  tg account show anna")]
    Show(Name),
    /// What an account did, campaign by campaign
    #[command(
        after_long_help = "The CSV has one row for each campaign, outcome and reason.\n\nExamples:\n  tg account report \
anna\n  tg account report anna --to anna.csv"
    )]
    Report(Report),
    /// Stop an account; what it has in flight settles, the rest goes to others
    #[command(after_long_help = "Example:\n  tg account pause anna")]
    Pause(Name),
    /// Let an account go on, after looking why it stopped
    #[command(after_long_help = "Example:\n  tg account resume anna")]
    Resume(Name),
}

const ADD: &str = "Codes, passwords and tokens are typed, or read from standard input; they are never arguments. \
Type `resend` instead of a code to have it sent another way. Telegram lets no program but its own \
apps make new accounts. An engine may be running: it takes the account up afterwards.

Examples:
  tg account add anna --phone +4915112345678
  tg account add anna --phone +4915112345678 --proxy berlin
  tg account add anna --qr
  tg account add shop-bot --bot < token.txt";

const LOGIN: &str =
    "For accounts whose session is gone, or that should have a new one. Codes that arrive in \
Telegram itself are read in the old session, if it still works (setting login.codes). With \
--unattended nobody is asked for anything, and a few sign in at a time. A running engine lets go of
an account while it signs in.

Examples:
  tg account login anna
  tg account login --all --unattended";

/// How to sign in.
#[derive(Args, Debug)]
pub(crate) struct How {
    /// The number, with its country
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["qr", "bot"])]
    pub(crate) phone: Option<String>,
    /// By a QR code that a phone with the account scans
    #[arg(long, conflicts_with = "bot")]
    pub(crate) qr: bool,
    /// A bot, by the token that is asked for
    #[arg(long)]
    pub(crate) bot: bool,
    /// Data centres on this machine with their keys, instead of Telegram: the logins.json of a
    /// simulator
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
}

/// The ways in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// A code, and the two-step password if there is one.
    Phone,
    /// A QR code.
    Qr,
    /// A token.
    Bot,
}

impl How {
    /// Which of them is meant.
    pub(crate) const fn way(&self) -> Way {
        match (self.qr, self.bot) {
            (true, _) => Way::Qr,
            (_, true) => Way::Bot,
            _ => Way::Phone,
        }
    }
}

/// Which new account.
#[derive(Args, Debug)]
pub(crate) struct Add {
    /// What to call it
    pub(crate) name: String,
    /// The spare proxy that it gets; already the sign-in goes through it, and nothing past it
    #[arg(long, value_name = "PROXY")]
    pub(crate) proxy: Option<String>,
    /// How.
    #[command(flatten)]
    pub(crate) how: How,
}

/// Which accounts again.
#[derive(Args, Debug)]
pub(crate) struct Login {
    /// The accounts' names
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// All whose session is gone
    #[arg(long)]
    pub(crate) all: bool,
    /// Ask nobody: take codes from other sources only
    #[arg(long)]
    pub(crate) unattended: bool,
    /// How.
    #[command(flatten)]
    pub(crate) how: How,
}

/// Which accounts to look after.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The accounts' names [default: all]
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
}

/// Which account goes.
#[derive(Args, Debug)]
pub(crate) struct Remove {
    /// The account's name
    pub(crate) name: String,
    /// Do not sign it out at Telegram: the session lives on elsewhere, or Telegram is not reached
    #[arg(long)]
    pub(crate) keep_session: bool,
}

/// Which labels. What begins with `--` is none of them: [`super::parse()`] sees to that.
#[derive(Args, Debug)]
pub(crate) struct Tag {
    /// The account's name
    pub(crate) name: String,
    /// +TAG to add, -TAG to remove
    #[arg(required = true, allow_hyphen_values = true, value_name = "+TAG|-TAG")]
    pub(crate) changes: Vec<String>,
}

/// Which files.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The files; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The name for the account, if it is one [default: made of the file's name or the user id]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The spare proxy that the account gets, if it is one; it never connects without it
    #[arg(long, value_name = "PROXY")]
    pub(crate) proxy: Option<String>,
    /// Where a data centre is, instead of what the session says: for test and simulated ones
    #[arg(long, value_name = "DC=IP:PORT", value_parser = dc)]
    pub(crate) dc: Vec<(i32, SocketAddr)>,
}

/// What to take out, and where to.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("where").required(true).args(["to", "stdout"])))]
pub(crate) struct Export {
    /// The account's name
    pub(crate) name: String,
    /// In which form
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: ExportFormat,
    /// A new file, which only its owner can read
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// Standard output
    #[arg(long)]
    pub(crate) stdout: bool,
}

/// A form of sessions, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// For Telethon's StringSession
    TelethonString,
    /// For Pyrogram and kurigram
    PyrogramString,
    /// For another home, under a passphrase
    Sealed,
}

fn dc(text: &str) -> Result<(i32, SocketAddr), String> {
    let read = || {
        let (dc, addr) = text.split_once('=')?;
        Some((dc.parse().ok()?, addr.parse().ok()?))
    };
    read().ok_or_else(|| "write it as DC=IP:PORT, such as 2=127.0.0.1:4430".to_owned())
}

/// Which account.
#[derive(Args, Debug)]
pub(crate) struct Name {
    /// The account's name
    pub(crate) name: String,
}

/// Whose report, and how.
#[derive(Args, Debug)]
pub(crate) struct Report {
    /// The account's name
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) out: ReportOut,
}
