//! `tg proxy …`

use clap::{ArgGroup, Args, Subcommand};
use std::path::PathBuf;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Proxy {
    /// Add SOCKS5 proxies
    #[command(
        after_long_help = "The password is asked for at the terminal, or read from standard input; it is never an \
argument, and is sealed before it is stored. With --file: one proxy per line, `NAME ADDRESS` or only `ADDRESS`, where \
ADDRESS is socks5://USER:PASSWORD@HOST:PORT or HOST:PORT:USER:PASSWORD; lines that cannot be taken are reported by \
number.\n\nExamples:\n  tg proxy add berlin socks5://anna@proxy.example.org:1080\n  tg proxy add --file proxies.txt"
    )]
    Add(Add),
    /// All proxies: whose they are, and how they were
    #[command(after_long_help = "Example:\n  tg proxy list")]
    List,
    /// Go through one proxy, or all of them, as far as Telegram's door
    #[command(
        after_long_help = "Nothing of any account's is sent, so it can be done while the engine runs. Ends with 5 if one \
fails.\n\nExamples:\n  tg proxy check\n  tg proxy check berlin"
    )]
    Check(Check),
    /// Give accounts their proxies: all that are named, or none
    #[command(
        after_long_help = "A proxy is for one account, and an account that has one never connects without it. The new way \
is used after proxy.pause (90 s), because the account may have been elsewhere until now. `none` lets an account go \
directly again.\n\nExamples:\n  tg proxy assign anna=berlin boris=paris\n  tg proxy assign --auto --tag shop"
    )]
    Assign(Assign),
    /// Give an account another proxy: the one that is named, or a spare
    #[command(
        after_long_help = "The old one becomes a spare. A running engine closes the connection and opens the next one \
through the new proxy after proxy.pause (90 s).\n\nExamples:\n  tg proxy replace anna\n  tg proxy replace anna --with paris"
    )]
    Replace(Replace),
    /// Take a spare proxy away, with its password
    #[command(after_long_help = "Example:\n  tg proxy remove berlin")]
    Remove(Name),
}

/// What to add.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("what").required(true).args(["name", "file"])))]
pub(crate) struct Add {
    /// The name for it
    #[arg(requires = "address", conflicts_with = "file")]
    pub(crate) name: Option<String>,
    /// Where it is: socks5://USER@HOST:PORT
    #[arg(conflicts_with = "file")]
    pub(crate) address: Option<String>,
    /// A file with one proxy per line; `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// Which proxy.
#[derive(Args, Debug)]
pub(crate) struct Name {
    /// The proxy's name
    pub(crate) name: String,
}

/// Which proxies.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The proxy's name [default: all]
    pub(crate) name: Option<String>,
}

/// Who gets which.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("which").required(true).args(["pairs", "auto"])))]
pub(crate) struct Assign {
    /// ACCOUNT=PROXY, or ACCOUNT=none
    #[arg(value_name = "ACCOUNT=PROXY", value_parser = pair, conflicts_with = "auto")]
    pub(crate) pairs: Vec<(String, String)>,
    /// A spare for every account that has none
    #[arg(long)]
    pub(crate) auto: bool,
    /// Only for accounts with this tag
    #[arg(long, value_name = "TAG", requires = "auto")]
    pub(crate) tag: Option<String>,
}

/// Who gets another.
#[derive(Args, Debug)]
pub(crate) struct Replace {
    /// The account's name
    pub(crate) account: String,
    /// The proxy that it gets [default: a spare]
    #[arg(long, value_name = "PROXY")]
    pub(crate) with: Option<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((account, proxy)) if !account.is_empty() && !proxy.is_empty() => {
            Ok((account.to_owned(), proxy.to_owned()))
        }
        _ => Err("write it as ACCOUNT=PROXY".to_owned()),
    }
}
