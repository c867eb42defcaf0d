//! `tg` itself: the nouns, and what every command takes.

use super::{
    account, alert, audience, audit, auth, campaign, contact, home, inbox, operator, proxy, run,
    secret, segment, template,
};
use crate::config::{Flags, Format};
use crate::env;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Writes to people who asked to hear from you, through Telegram accounts of your own
///
/// A campaign's message reaches each recipient at most once, and every recipient has exactly one
/// recorded outcome, whatever is killed, cut or restarted in between.
#[derive(Debug, Parser)]
#[command(
    name = "tg",
    version,
    max_term_width = 100,
    arg_required_else_help = true,
    after_help = "Try it without an account: tg demo",
    after_long_help = after_long_help(),
)]
pub(crate) struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub(crate) global: Global,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Args, Debug)]
pub(crate) struct Global {
    /// Folder of the home [env: TG_HOME] [default: the platform's data folder]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Everywhere")]
    pub(crate) home: Option<PathBuf>,
    /// How results are printed [env: TG_OUTPUT] [default: human]
    #[arg(long, global = true, value_enum, value_name = "FORMAT", help_heading = "Everywhere")]
    pub(crate) output: Option<Format>,
}

/// The nouns.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a home: settings, database, master key
    #[command(after_long_help = home::INIT)]
    Init(home::Init),
    /// See the whole thing on this machine: simulated Telegram, campaign, report
    #[cfg(feature = "demo")]
    #[command(after_long_help = super::demo::LONG)]
    Demo(super::demo::Demo),
    /// Telegram accounts of your own
    #[command(subcommand, arg_required_else_help = true)]
    Account(account::Account),
    /// Ways out for accounts: SOCKS5 proxies, each for one account
    #[command(subcommand, arg_required_else_help = true)]
    Proxy(proxy::Proxy),
    /// What you were told about accounts and campaigns that need you
    #[command(subcommand, arg_required_else_help = true)]
    Alert(alert::Alert),
    /// Lists of people who asked to hear from you
    #[command(subcommand, arg_required_else_help = true)]
    Audience(audience::Audience),
    /// Everything about one person
    #[command(subcommand, arg_required_else_help = true)]
    Contact(contact::Contact),
    /// Choices among the people of your lists
    #[command(subcommand, arg_required_else_help = true)]
    Segment(segment::Segment),
    /// What messages say
    #[command(subcommand, arg_required_else_help = true)]
    Template(template::Template),
    /// One template to one audience through some accounts
    #[command(subcommand, arg_required_else_help = true)]
    Campaign(campaign::Campaign),
    /// The engine in the foreground: sends what started campaigns have due
    #[command(after_long_help = run::LONG)]
    Run(run::Run),
    /// What people write to your accounts
    #[command(subcommand, arg_required_else_help = true)]
    Inbox(inbox::Inbox),
    /// API keys, tokens and passwords, sealed
    #[command(subcommand, arg_required_else_help = true)]
    Secret(secret::Secret),
    /// Who may use this home
    #[command(subcommand, arg_required_else_help = true)]
    Operator(operator::Operator),
    /// Signing in and out, and who one is
    #[command(subcommand, arg_required_else_help = true)]
    Auth(auth::Auth),
    /// Who did what, and whether the log of it is as it was written
    #[command(subcommand, arg_required_else_help = true)]
    Audit(audit::Audit),
    /// Settings and where they come from
    #[command(subcommand, arg_required_else_help = true)]
    Config(home::Config),
    /// The home's database
    #[command(subcommand, arg_required_else_help = true)]
    Db(home::Db),
    /// What is wrong with this installation, and what to do
    #[command(after_long_help = home::DOCTOR)]
    Doctor,
    /// What a shell needs to complete commands
    #[command(after_long_help = "Examples:\n  tg completions bash > /etc/bash_completion.d/tg\n  \
tg completions zsh > \"${fpath[1]}/_tg\"\n  tg completions fish > ~/.config/fish/completions/tg.fish")]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// Whether it is about settings that may be wrong, or needs none.
    pub(crate) const fn looks_for_faults(&self) -> bool {
        matches!(
            self,
            Self::Doctor | Self::Completions { .. } | Self::Config(home::Config::Validate)
        )
    }
}

impl Cli {
    /// What the command line says about settings.
    pub(crate) fn flags(&self) -> Flags {
        let connect_deadline = match &self.command {
            Command::Run(run) => run.connect_deadline,
            _ => None,
        };
        Flags { output: self.global.output, connect_deadline }
    }
}

fn after_long_help() -> String {
    format!(
        "A first campaign:
  tg init
  tg account import accounts.json
  tg audience import friends people.csv --consent \"signed up at the fair, 2026-10-03\"
  tg template add hello hello.md
  tg campaign create spring --audience friends --template hello --accounts all
  tg campaign plan spring
  tg campaign start spring
  tg run --until-idle
  tg campaign report spring

Without an account: tg demo

Exit codes:
  0 done   1 failed   2 usage   3 not found   4 refused   5 a remote service failed
  6 in use by another process   130 interrupted

{}",
        env::table()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_a_line_and_every_verb_an_example() {
        fn check(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && !about.contains('\n'), "{path}: {about:?}");
            if command.has_subcommands() {
                command.get_subcommands().for_each(|verb| check(verb, &path));
            } else {
                let long = command.clone().render_long_help().to_string();
                assert!(long.contains("Example"), "{path} has no example");
                // Some verbs stand behind the name of what they are about.
                let named =
                    path.rsplit_once(' ').map(|(noun, verb)| format!("{noun} spring {verb}"));
                let shown = |line: &str| long.contains(line.trim());
                let fits = shown(&path) || named.is_some_and(|line| shown(&line));
                assert!(fits, "{path}'s example is of another command");
            }
        }
        for noun in Cli::command().get_subcommands() {
            check(noun, "tg");
        }
    }

    #[test]
    fn global_flags_may_stand_anywhere() {
        for line in ["tg --output json campaign list", "tg campaign list --output json"] {
            let cli = Cli::try_parse_from(line.split(' ')).expect("it is a command line");
            assert_eq!(cli.flags().output, Some(Format::Json), "{line}");
        }
    }
}
