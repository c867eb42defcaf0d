//! `tg account …`

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
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
    /// Stop an account; what it has in flight settles, the rest goes to others
    #[command(after_long_help = "Example:\n  tg account pause anna")]
    Pause(Name),
    /// Let an account go on, after looking why it stopped
    #[command(after_long_help = "Example:\n  tg account resume anna")]
    Resume(Name),
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
