//! Login codes: how Telegram delivers one, what it looks like, and how it is found in a text.

use secrecy::SecretString;
use std::fmt;
use std::time::Duration;

/// How Telegram delivers a login code (core.telegram.org/type/auth.SentCodeType).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeChannel {
    /// A message from Telegram's service account (777000) in the other sessions of the account.
    App,
    /// A text message with digits, a word or a phrase in it.
    Sms,
    /// A voice reads it out.
    Call,
    /// The code is the number that calls.
    FlashCall,
    /// The code is the end of the number that calls.
    MissedCall,
    /// An e-mail to the address that belongs to the account.
    Email,
    /// A message on fragment.com, for anonymous numbers.
    Fragment,
    /// A check that only Telegram's own applications can pass (Firebase).
    OfficialApp,
}

impl CodeChannel {
    /// Where a person has to look, to follow "the code was sent ".
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "as a message to the account's other Telegram apps",
            Self::Sms => "by SMS",
            Self::Call => "by a phone call that reads it out",
            Self::FlashCall => "as the number of a phone call",
            Self::MissedCall => "as the last digits of the number of a missed call",
            Self::Email => "by e-mail",
            Self::Fragment => "to fragment.com",
            Self::OfficialApp => "to Telegram's official apps only",
        }
    }

    /// The name in results.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Sms => "sms",
            Self::Call => "call",
            Self::FlashCall => "flash_call",
            Self::MissedCall => "missed_call",
            Self::Email => "email",
            Self::Fragment => "fragment",
            Self::OfficialApp => "official_app",
        }
    }
}

impl fmt::Display for CodeChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What Telegram says about a code that it sent (core.telegram.org/constructor/auth.sentCode).
#[derive(Clone, PartialEq, Eq)]
pub struct SentCode {
    /// Telegram's name for this code.
    pub hash: String,
    /// How it was delivered.
    pub channel: CodeChannel,
    /// What it looks like.
    pub pattern: CodePattern,
    /// Where exactly, if Telegram says: a masked e-mail address, the beginning of a number.
    pub detail: Option<String>,
    /// How it is delivered when it is asked for again.
    pub next: Option<CodeChannel>,
    /// When it may be asked for again.
    pub timeout: Option<Duration>,
}

impl fmt::Debug for SentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SentCode")
            .field("channel", &self.channel)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// What a code looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodePattern {
    /// So many digits.
    Digits(usize),
    /// One word (core.telegram.org/constructor/auth.sentCodeTypeSmsWord).
    Word {
        /// How it begins, if Telegram says.
        beginning: Option<String>,
    },
    /// Several words (core.telegram.org/constructor/auth.sentCodeTypeSmsPhrase).
    Phrase {
        /// How it begins, if Telegram says.
        beginning: Option<String>,
    },
}

impl CodePattern {
    /// The longest text that is looked at, in bytes: more than a chain of SMS holds.
    const MAX_TEXT: usize = 4_096;

    /// The code in a message's text, if there is exactly one thing in it that can be it.
    ///
    /// Digits may be grouped by a dash or a blank ("12-345"). Words and phrases stand, as Telegram
    /// writes them, after the last colon or between quotation marks, else alone.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<SecretString> {
        if text.len() > Self::MAX_TEXT {
            return None;
        }
        match self {
            Self::Digits(length) => digits(text, *length),
            Self::Word { beginning } => {
                words(text, beginning.as_deref()).filter(|code| !code.contains(' '))
            }
            Self::Phrase { beginning } => words(text, beginning.as_deref()),
        }
        .map(SecretString::from)
    }

    /// What a person is asked for.
    #[must_use]
    pub fn describe(&self) -> String {
        let begins = |beginning: &Option<String>| {
            beginning
                .as_ref()
                .map_or_else(String::new, |text| format!(" that begins with \"{text}\""))
        };
        match self {
            Self::Digits(length) => format!("{length} digits"),
            Self::Word { beginning } => format!("a word{}", begins(beginning)),
            Self::Phrase { beginning } => format!("a phrase{}", begins(beginning)),
        }
    }
}

/// The one run of `length` digits; two different ones prove nothing.
fn digits(text: &str, length: usize) -> Option<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut run = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        // One separator between two digits belongs to a grouped code.
        let joins = matches!(c, '-' | '\u{2011}' | '\u{a0}')
            && !run.is_empty()
            && chars.peek().is_some_and(char::is_ascii_digit);
        if !joins && !run.is_empty() {
            runs.push(std::mem::take(&mut run));
        }
    }
    if !run.is_empty() {
        runs.push(run);
    }
    let mut fitting = runs.into_iter().filter(|run| run.len() == length);
    let first = fitting.next()?;
    fitting.all(|other| other == first).then_some(first)
}

fn words(text: &str, beginning: Option<&str>) -> Option<String> {
    let candidate = quoted(text)
        .or_else(|| text.rsplit_once(':').map(|(_, rest)| rest))
        .unwrap_or(text)
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())?
        .trim_end_matches(['.', '!']);
    let spaced = candidate.split_whitespace().collect::<Vec<_>>().join(" ");
    let begins = beginning.is_none_or(|start| spaced.starts_with(start));
    (begins
        && !spaced.is_empty()
        && spaced.chars().all(|c| c.is_alphanumeric() || " -'".contains(c)))
    .then_some(spaced)
}

fn quoted(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(['"', '“', '«'])?;
    rest.split_once(['"', '”', '»']).map(|(inside, _)| inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn found(pattern: &CodePattern, text: &str) -> Option<String> {
        pattern.find(text).map(|code| code.expose_secret().to_owned())
    }

    #[test]
    fn digits_are_found_in_what_telegram_writes() {
        let five = CodePattern::Digits(5);
        for text in [
            "Login code: 24680. Do not give this code to anyone, even if they say they are from Telegram!",
            "Telegram code: 24680\n\nYou can also tap on this link to log in:\nhttps://t.me/login/24680",
            "Telegram-Code 24-680",
            "24680",
        ] {
            assert_eq!(found(&five, text).as_deref(), Some("24680"), "{text}");
        }
    }

    #[test]
    fn what_could_be_two_codes_is_none() {
        let five = CodePattern::Digits(5);
        for text in ["24680 or 13579", "no code at all", "246801", "2468", ""] {
            assert_eq!(found(&five, text), None, "{text}");
        }
        assert_eq!(found(&five, &"1".repeat(5_000)), None);
    }

    #[test]
    fn words_and_phrases() {
        let word = CodePattern::Word { beginning: Some("lan".to_owned()) };
        assert_eq!(found(&word, "Telegram code: lantern").as_deref(), Some("lantern"));
        assert_eq!(found(&word, "Telegram code: candle"), None);
        let phrase = CodePattern::Phrase { beginning: None };
        assert_eq!(
            found(&phrase, "Your phrase is \"quiet  river stones\".").as_deref(),
            Some("quiet river stones")
        );
        assert_eq!(found(&CodePattern::Word { beginning: None }, "quiet river"), None);
    }
}
