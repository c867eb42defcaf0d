//! `tg secret …`

use clap::{Args, Subcommand};

/// Names and their meaning, for the verbs that take one.
const NAMES: &str = "\
Names: telegram.api_hash, gemini.api_key, sms.twilio.account_sid, sms.twilio.auth_token, sms.android.password, \
sms.android.webhook_key, alerts.webhook_url, alerts.bot_token, account/NAME/two_factor, account/NAME/bot_token, \
proxy/NAME/password.";

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Secret {
    /// Set a secret: asked for without echo, or read from standard input
    #[command(after_long_help = format!("A value is never an argument: other users of the machine can read those, and \
shells write them down. What was set before is forgotten; `tg secret rotate` keeps it for a while.\n\n{NAMES}\n\n\
Examples:\n  tg secret set telegram.api_hash\n  pass show twilio | tg secret set sms.twilio.auth_token --stdin"))]
    Set(Set),
    /// Which secrets there are, their versions and where they come from; never a value
    #[command(after_long_help = "Example:\n  tg secret list")]
    List,
    /// Take a new value; the old one is used until the new one is confirmed
    #[command(after_long_help = format!("{NAMES}\n\nExamples:\n  tg secret rotate gemini.api_key\n  \
tg secret rotate gemini.api_key --confirm"))]
    Rotate(Rotate),
    /// Forget a secret, in all its versions
    #[command(after_long_help = format!("{NAMES}\n\nExample:\n  tg secret remove sms.android.password"))]
    Remove(Named),
}

/// Which secret.
#[derive(Args, Debug)]
pub(crate) struct Named {
    /// The secret's name
    pub(crate) name: String,
}

/// Which secret, and how its value comes.
#[derive(Args, Debug)]
pub(crate) struct Set {
    /// The secret's name
    pub(crate) name: String,
    /// Read the value from standard input; one line end after it is dropped
    #[arg(long)]
    pub(crate) stdin: bool,
}

/// Which secret, and what about its new value.
#[derive(Args, Debug)]
pub(crate) struct Rotate {
    /// The secret's name
    pub(crate) name: String,
    /// Read the new value from standard input; one line end after it is dropped
    #[arg(long, conflicts_with_all = ["confirm", "abandon"])]
    pub(crate) stdin: bool,
    /// The new value works: use it, and forget the old one
    #[arg(long, conflicts_with = "abandon")]
    pub(crate) confirm: bool,
    /// Forget the new value
    #[arg(long)]
    pub(crate) abandon: bool,
}
