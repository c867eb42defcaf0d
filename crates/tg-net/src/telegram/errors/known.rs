//! The errors that Telegram documents, as data: `known.tsv`, and how a name on the wire finds its
//! line.
//!
//! What a line means is our judgement. Where it could be read in two ways it says what stops more:
//! a message that is not sent can be sent later, one that was sent to somebody who may not get it,
//! or twice, cannot be taken back.

use std::collections::BTreeMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("known.tsv");

/// What a named error of Telegram means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meaning {
    /// Nobody can write to (or find) this recipient this way.
    Recipient,
    /// Wrote to too many strangers.
    Quarantined,
    /// The session is gone.
    Revoked,
    /// The account is gone.
    Banned,
    /// The account is read-only.
    Frozen,
    /// The number in the name is a time in seconds, for this kind of call.
    Wait,
    /// The number in the name is a time in seconds, for this chat.
    ChatWait,
    /// The number in the name is a data centre.
    Elsewhere,
    /// The installation is at fault.
    Config,
    /// This message cannot be sent as it is.
    Message,
    /// Only said while signing in; each step there decides by the name.
    SignIn,
    /// Said about calls that this program does not make, or makes wrongly.
    Call,
    /// Telegram has trouble of its own: nothing is proven.
    Theirs,
    /// This very call is being carried out.
    InFlight,
}

impl Meaning {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "recipient" => Self::Recipient,
            "quarantined" => Self::Quarantined,
            "revoked" => Self::Revoked,
            "banned" => Self::Banned,
            "frozen" => Self::Frozen,
            "wait" => Self::Wait,
            "chat_wait" => Self::ChatWait,
            "elsewhere" => Self::Elsewhere,
            "config" => Self::Config,
            "message" => Self::Message,
            "sign_in" => Self::SignIn,
            "call" => Self::Call,
            "theirs" => Self::Theirs,
            "in_flight" => Self::InFlight,
            _ => return None,
        })
    }

    /// In words, where the line has none of its own.
    const fn says(self) -> &'static str {
        match self {
            Self::Recipient => "This recipient cannot be written to",
            Self::Quarantined => "Telegram has limited the account",
            Self::Revoked => "The account's session is no longer valid; log in again",
            Self::Banned => "Telegram has banned the account",
            Self::Frozen => "Telegram has frozen the account",
            Self::Wait | Self::ChatWait => "Telegram asks to wait before this is done again",
            Self::Elsewhere => "Telegram wants this to be asked in another data centre",
            Self::Config => "Telegram does not accept this application as it is set up",
            Self::Message => "Telegram does not accept the message as it is",
            Self::SignIn => "Telegram refused a step of signing in",
            Self::Call => "Telegram refused the call",
            Self::Theirs => "Telegram has trouble of its own",
            Self::InFlight => "This very message is being delivered now",
        }
    }
}

/// A line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    /// With which it is documented.
    pub(crate) codes: Vec<i32>,
    /// As documented: `X` for a number, `*` at the end for anything.
    pub(crate) name: &'static str,
    /// What it means.
    pub(crate) meaning: Meaning,
    says: &'static str,
}

impl Known {
    /// For a person, without a full stop.
    pub(crate) fn says(&self) -> String {
        if self.says.is_empty() {
            let words = self.name.trim_end_matches('*').to_lowercase().replace('_', " ");
            format!("{}: {words}", self.meaning.says())
        } else {
            self.says.to_owned()
        }
    }
}

struct Index {
    exact: BTreeMap<String, Known>,
    /// By what stands before the asterisk.
    open: Vec<(String, Known)>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { exact: BTreeMap::new(), open: Vec::new() };
    for known in lines() {
        match known.name.strip_suffix('*') {
            Some(start) => index.open.push((start.to_owned(), known)),
            None => {
                index.exact.insert(key(known.name), known);
            }
        }
    }
    index
});

/// The lines of the table; a test proves that each can be read.
pub(crate) fn lines() -> impl Iterator<Item = Known> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(read)
}

fn read(line: &'static str) -> Option<Known> {
    let mut fields = line.split('\t');
    let codes = fields.next()?.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
    let name = fields.next()?;
    let meaning = Meaning::parse(fields.next()?)?;
    let says = fields.next().unwrap_or_default();
    Some(Known { codes, name, meaning, says })
}

/// Finds the line of a name: as Telegram sends it (`FLOOD_WAIT_7`), as it is documented
/// (`FLOOD_WAIT_X`), or without its number (`FLOOD_WAIT`).
pub(crate) fn find(name: &str) -> Option<&'static Known> {
    let index = &*INDEX;
    index.exact.get(&key(name)).or_else(|| {
        index.open.iter().find(|(start, _)| name.starts_with(start)).map(|(_, known)| known)
    })
}

/// A name without the numbers in it, whatever stands for them.
fn key(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for part in name.split('_') {
        match part {
            "X" => {}
            // `…_WAIT_XMIN`, of which grammers leaves `…_WAITMIN`.
            "XMIN" => out.push_str("MIN"),
            part if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) => {}
            part => {
                if !out.is_empty() {
                    out.push('_');
                }
                out.push_str(part);
            }
        }
    }
    out
}

/// What an error's name says, in a sentence without a full stop; `None` if Telegram documents no
/// such error. Any form of the name will do.
#[must_use]
pub fn explain(name: &str) -> Option<String> {
    find(name).map(Known::says)
}
