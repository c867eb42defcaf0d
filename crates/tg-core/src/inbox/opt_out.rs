//! Whether a message is a "no": one of the words of an opt-out, and nothing beside it.
//!
//! The whole message has to be the word. "Please stop by at noon" is a reply; "STOP!", "Arrêt" and
//! "/stop" are not. What differs only in case, diacritics, punctuation or emoji is the same word.

use super::words::WORDS;
use icu_normalizer::DecomposingNormalizerBorrowed;
use std::collections::BTreeSet;

/// What people type to bots: `/stop`, also addressed as `/stop@the_bot`.
const COMMANDS: &[&str] = &["stop", "unsubscribe", "optout", "cancel", "end"];

/// Longest word of the operator's own, in characters.
const MAX_WORD: usize = 64;
/// Most words of the operator's own.
const MAX_WORDS: usize = 200;

/// Why a list of further words cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadWords {
    /// Nothing is left of a word once case, accents and punctuation are taken off it.
    #[error("\"{0}\" has no letter or digit, so every message without one would be an opt-out")]
    Empty(String),
    /// One is too long to be a word.
    #[error("\"{0}…\" is longer than {MAX_WORD} characters")]
    Long(String),
    /// There are too many.
    #[error("more than {MAX_WORDS} words")]
    Many,
}

/// The words by which people say no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOutWords {
    /// Folded.
    words: BTreeSet<String>,
}

impl Default for OptOutWords {
    /// Those of all languages that are built in: nobody has to be understood in the right one.
    fn default() -> Self {
        let words = WORDS.iter().flat_map(|(_, words)| words.iter().map(|word| fold(word)));
        Self { words: words.collect() }
    }
}

impl OptOutWords {
    /// The built-in words and some of the operator's own.
    ///
    /// # Errors
    /// Says which word cannot be one.
    pub fn with<'a>(further: impl IntoIterator<Item = &'a str>) -> Result<Self, BadWords> {
        let mut all = Self::default();
        for (n, word) in further.into_iter().enumerate() {
            if n >= MAX_WORDS {
                return Err(BadWords::Many);
            }
            if word.chars().count() > MAX_WORD {
                return Err(BadWords::Long(word.chars().take(16).collect()));
            }
            let folded = fold(word);
            if folded.is_empty() {
                return Err(BadWords::Empty(word.to_owned()));
            }
            all.words.insert(folded);
        }
        Ok(all)
    }

    /// Languages whose words are built in (ISO 639-1).
    pub fn languages() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(language, _)| *language)
    }

    /// Whether a message is a "no".
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        is_command(text) || {
            // Longer than any word: nothing of it has to be looked at.
            text.len() <= 8 * MAX_WORD && self.words.contains(&fold(text))
        }
    }
}

/// `/stop` and its like, with or without the name of the bot behind it.
fn is_command(text: &str) -> bool {
    let Some(command) = text.trim().strip_prefix('/') else { return false };
    let name = command.split_once('@').map_or(command, |(name, _)| name);
    COMMANDS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// What is left of a text when case, diacritics, punctuation, emoji and runs of spaces are taken
/// off: two texts that people would call the same are equal then.
#[must_use]
pub fn fold(text: &str) -> String {
    // Apart first: letters in disguise (full width, mathematical) have their case only then.
    let lower = DecomposingNormalizerBorrowed::new_nfkd().normalize(text).to_lowercase();
    let mut out = String::with_capacity(lower.len());
    let mut gap = false;
    for c in lower.chars().filter(|c| !is_mark(*c)) {
        if !c.is_alphanumeric() {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) && !out.is_empty() {
            out.push(' ');
        }
        out.push(same(c));
    }
    out
}

/// Marks over and under letters, the Arabic ones among them, and what joins or separates letters
/// without being seen. The vowel signs of Indian scripts are letters for this purpose.
const fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{655}' | '\u{670}' | '\u{640}'
        | '\u{591}'..='\u{5c7}' | '\u{200b}'..='\u{200f}' | '\u{ad}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\'' | '\u{2019}')
}

/// Letters that keyboards of two languages write differently.
const fn same(c: char) -> char {
    match c {
        'ı' => 'i',
        'ł' => 'l',
        'đ' => 'd',
        'ی' => 'ي',
        'ک' => 'ك',
        'ς' => 'σ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    fn says_no(text: &str) -> bool {
        OptOutWords::default().matches(text)
    }

    #[test]
    fn a_no_is_understood_however_it_is_written() {
        for no in [
            "STOP",
            "stop",
            " Stop. ",
            "Stop!!!",
            "stop 🛑",
            "«Стоп»",
            "СТОП",
            "ОТПИСАТЬСЯ",
            "ARRÊT",
            "arret",
            "Kündigen",
            "kundigen",
            "İPTAL",
            "iptal",
            "ÇIK",
            "çık",
            "Rezygnuję",
            "dosc",
            "إيقاف",
            "ايقاف",
            "لغو اشتراک",
            "لغو اشتراك",
            "बंद करो",
            "退订",
            "退訂",
            "ストップ",
            "수신 거부",
            "Don't write to me",
            "opt-out",
            "STOP\n",
            "ｓｔｏｐ",
            "ОТПИШИТЕ МЕНЯ",
        ] {
            assert!(says_no(no), "{no:?} is {:?}", fold(no));
        }
    }

    #[test]
    fn bots_have_commands() {
        for no in ["/stop", "/STOP", "/stop@shop_bot", " /unsubscribe "] {
            assert!(says_no(no), "{no:?}");
        }
        for other in ["/start", "/stopwatch", "/start stop", "/help"] {
            assert!(!says_no(other), "{other:?}");
        }
    }

    #[test]
    fn a_word_within_a_sentence_is_no_opt_out() {
        for other in [
            "",
            "🛑",
            "...",
            "Yes please",
            "don't stop",
            "Please stop by at noon",
            "bus stop",
            "when does the sale end?",
            "no",
            "nein danke",
            "ok",
            "/",
            "stopp das mal nicht",
        ] {
            assert!(!says_no(other), "{other:?} is {:?}", fold(other));
        }
    }

    #[test]
    fn every_built_in_word_is_a_word_and_lists_are_kept_apart() {
        let mut languages = BTreeSet::new();
        for (language, words) in WORDS {
            assert!(languages.insert(language), "{language} twice");
            assert!(words.iter().all(|word| !fold(word).is_empty()), "{language}");
            assert!(words.iter().all(|word| says_no(word)), "{language}");
        }
        for needed in [
            "en", "de", "fr", "es", "it", "pt", "ru", "uk", "tr", "pl", "ar", "fa", "hi", "zh",
            "ja",
        ] {
            assert!(OptOutWords::languages().any(|known| known == needed), "{needed}");
        }
    }

    #[test]
    fn an_operator_adds_words() {
        let words = OptOutWords::with(["Schluss!", "no grazie"]).unwrap();
        assert!(words.matches("schluss") && words.matches("NO, GRAZIE") && words.matches("stop"));
        assert_eq!(OptOutWords::with(["!!"]), Err(BadWords::Empty("!!".to_owned())));
        let long = "x".repeat(65);
        assert!(matches!(OptOutWords::with([long.as_str()]), Err(BadWords::Long(_))));
        let many: Vec<String> = (0..201).map(|n| format!("w{n}")).collect();
        assert_eq!(OptOutWords::with(many.iter().map(String::as_str)), Err(BadWords::Many));
    }

    proptest! {
        #[test]
        fn noise_never_panics_and_folding_twice_changes_nothing(text in ".{0,80}") {
            let once = fold(&text);
            prop_assert_eq!(&fold(&once), &once);
            let _ = says_no(&text);
        }

        #[test]
        fn dress_does_not_matter(
            at in 0usize..1_000,
            before in "[ .!?*_~\"(🛑✋]{0,4}",
            after in "[ .!?*_~\")🛑✋\n]{0,4}",
            upper in any::<bool>(),
        ) {
            let all: Vec<&str> = WORDS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
            let word = all[at % all.len()];
            let word = if upper { word.to_uppercase() } else { word.to_owned() };
            let text = format!("{before}{word}{after}");
            prop_assert!(says_no(&text), "{:?} is {:?}", text, fold(&text));
        }

        #[test]
        fn more_words_around_it_make_a_sentence(before in "[b-z]{1,8}", after in "[b-z]{1,8}") {
            let text = format!("qq{before} stop {after}qq");
            prop_assert!(!says_no(&text));
        }
    }
}
