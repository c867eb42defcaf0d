//! `tg operator …`

use super::values::lifetime;
use clap::{Args, Subcommand};
use std::time::Duration;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Operator {
    /// Add somebody who may use this home
    #[command(
        after_long_help = "Roles: viewer looks at lists, plans and reports; operator imports audiences, writes \
templates, runs campaigns and looks people up; admin may do everything. Without a key nobody can do anything yet.\n\n\
Example:\n  tg operator add anna --role operator\n  tg operator key create anna"
    )]
    Add(Add),
    /// Change what somebody may do, from their next command on
    #[command(after_long_help = "Example:\n  tg operator role anna viewer")]
    Role(Role),
    /// Shut somebody out, with all their keys and sign-ins, from their next command on
    #[command(
        after_long_help = "Example:\n  tg operator disable anna\n  tg operator disable anna --undo"
    )]
    Disable(Disable),
    /// Who may use this home
    #[command(after_long_help = "Example:\n  tg operator list")]
    List,
    /// Keys that operators show
    #[command(subcommand, arg_required_else_help = true)]
    Key(Key),
}

/// Whom to add.
#[derive(Args, Debug)]
pub(crate) struct Add {
    /// Their name
    pub(crate) name: String,
    /// What they may do: viewer, operator or admin
    #[arg(long, value_parser = ["viewer", "operator", "admin"])]
    pub(crate) role: String,
}

/// Whose role becomes what.
#[derive(Args, Debug)]
pub(crate) struct Role {
    /// Their name
    pub(crate) name: String,
    /// What they may do from now on: viewer, operator or admin
    #[arg(value_parser = ["viewer", "operator", "admin"])]
    pub(crate) role: String,
}

/// Whom to shut out.
#[derive(Args, Debug)]
pub(crate) struct Disable {
    /// Their name
    pub(crate) name: String,
    /// Let them in again; revoked keys stay revoked
    #[arg(long)]
    pub(crate) undo: bool,
}

/// Verbs of `operator key`.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key; it is shown this once
    #[command(
        after_long_help = "A key never may more than its operator's role. --scope limits it further, to nouns or \
single permissions as `tg auth whoami` lists them.\n\nExamples:\n  tg operator key create anna\n  \
tg operator key create nightly --scope campaign.report,campaign.list --expires 90d"
    )]
    Create(Create),
    /// Keys: whose, for what, since and until when, and when they were used last
    #[command(after_long_help = "Example:\n  tg operator key list")]
    List(KeyList),
    /// Take a key back; sign-ins that were made with it end, too
    #[command(after_long_help = "Example:\n  tg operator key revoke 6f1c0a52be9d7384")]
    Revoke(Revoke),
}

/// Which key to make.
#[derive(Args, Debug)]
pub(crate) struct Create {
    /// Whose
    pub(crate) name: String,
    /// What it is limited to: nouns or permissions, separated by commas [default: all of the role]
    #[arg(long, value_name = "LIST", default_value = "", hide_default_value = true)]
    pub(crate) scope: String,
    /// For how long, such as 12h or 90d [default: until it is revoked]
    #[arg(long, value_name = "SPAN", value_parser = lifetime)]
    pub(crate) expires: Option<Duration>,
}

/// Whose keys.
#[derive(Args, Debug)]
pub(crate) struct KeyList {
    /// Whose [default: everybody's]
    pub(crate) name: Option<String>,
}

/// Which key.
#[derive(Args, Debug)]
pub(crate) struct Revoke {
    /// Its id: what follows tgk_ in the key, up to the next _
    pub(crate) id: String,
}
