//! `tg alert …`

use clap::Subcommand;

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Alert {
    /// The latest alerts, and whether a person was told
    #[command(after_long_help = "Examples:\n  tg alert list\n  tg alert list --output json")]
    List,
    /// Tells you something by every way that is set up
    #[command(
        after_long_help = "A webhook is set up with the secret alerts.webhook_url, your own bot with \
alerts.bot_token and alerts.bot_chat in config.toml.\n\nExample:\n  tg alert test"
    )]
    Test,
}
