//! `tg secret …`

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use tg_security::plaintext;
use tg_security::vault::SecretName;

/// The names, for the verbs that take one.
fn names() -> String {
    format!("Names: {}.", SecretName::patterns().collect::<Vec<_>>().join(", "))
}

/// Verbs.
#[derive(Debug, Subcommand)]
pub(crate) enum Secret {
    /// Set a secret: asked for without echo, or read from standard input
    #[command(after_long_help = format!("A value is never an argument: other users of the machine can read those, and \
shells write them down. What was set before is forgotten; `tg secret rotate` keeps it for a while.\n\n{}\n\n\
Examples:\n  tg secret set telegram.api_hash\n  pass show twilio | tg secret set sms.twilio.auth_token --stdin", names()))]
    Set(Set),
    /// Which secrets there are, their versions and where they come from; never a value
    #[command(after_long_help = "Example:\n  tg secret list")]
    List,
    /// Take a new value; the old one is used until the new one is confirmed
    #[command(after_long_help = format!("{}\n\nExamples:\n  tg secret rotate gemini.api_key\n  \
tg secret rotate gemini.api_key --confirm", names()))]
    Rotate(Rotate),
    /// Take secrets out of a plaintext JSON, TOML, YAML or .env file
    #[command(after_long_help = format!("What is recognised is sealed, each sealed copy is read back, and only then is the file \
replaced by one that has empty values in their places; everything else in it stays byte for byte. What may be a secret \
and has no name yet is left and reported; --as gives it one.\n\n{}\n\n\
Examples:\n  tg secret migrate old.env --dry-run\n  tg secret migrate old.env --as BOT_TOKEN=account/shop/bot_token", names()))]
    Migrate(Migrate),
    /// Replace the master key and seal everything anew under it
    #[command(
        after_long_help = "Needs the home for itself. The keys of random ids and of the audit log keep their \
values. If it is cut short, whatever the moment, the home opens with the old key or with the new one. The old key file \
is kept as master.key.vN: copies of the database that were made until now need it. With a passphrase the key file is \
sealed under it (Argon2id, at a cost that is never lowered); a passphrase is asked for, or read from TG_NEW_PASSPHRASE.\n\n\
Examples:\n  tg secret rekey\n  tg secret rekey --passphrase"
    )]
    Rekey(Rekey),
    /// Forget a secret, in all its versions
    #[command(after_long_help = format!("{}\n\nExample:\n  tg secret remove sms.android.password", names()))]
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

/// How the new key is kept; as the old one, if nothing is said.
#[derive(Args, Debug)]
pub(crate) struct Rekey {
    /// Under a passphrase
    #[arg(long)]
    pub(crate) passphrase: bool,
    /// As it is, in a file that only its owner may read
    #[arg(long, conflicts_with = "passphrase")]
    pub(crate) plain: bool,
}

/// Which file, and what is in it.
#[derive(Args, Debug)]
pub(crate) struct Migrate {
    /// The file
    pub(crate) file: PathBuf,
    /// Say what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How the file is written [default: what its name says]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<FileFormat>,
    /// What the value under a key is called; may be given several times
    #[arg(long = "as", value_name = "KEY=NAME", value_parser = called)]
    pub(crate) called: Vec<(String, SecretName)>,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FileFormat {
    /// JSON
    Json,
    /// TOML
    Toml,
    /// YAML
    Yaml,
    /// Lines of NAME=value
    Env,
}

impl From<FileFormat> for plaintext::Format {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Json => Self::Json,
            FileFormat::Toml => Self::Toml,
            FileFormat::Yaml => Self::Yaml,
            FileFormat::Env => Self::Env,
        }
    }
}

fn called(text: &str) -> Result<(String, SecretName), String> {
    let (key, name) = text.rsplit_once('=').ok_or("it should be KEY=NAME")?;
    let name = SecretName::parse(name).map_err(|error| error.to_string())?;
    Ok((key.to_owned(), name))
}
