//! Text as people paste it: what is refused, and what is invisible and taken out.

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// The end of a string to much of the world's software.
    #[error("it has a NUL character")]
    Nul,
    /// A control character or line separator.
    #[error("it has the control character U+{0:04X}")]
    Control(u32),
    /// More characters than allowed.
    #[error("it is longer than {0} characters")]
    Chars(usize),
    /// More bytes than allowed.
    #[error("it is longer than {0} bytes")]
    Bytes(usize),
    /// Nothing is left.
    #[error("it is empty")]
    Empty,
}

/// Whether `c` changes the direction of the text around it: embeddings, overrides and isolates
/// (Unicode UAX #9). One that is not closed turns the rest of a message round.
#[must_use]
pub const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Takes out what changes the direction of text.
#[must_use]
pub fn strip_bidi(text: &str) -> String {
    text.chars().filter(|c| !is_bidi_control(*c)).collect()
}

/// Takes out what cannot be seen: direction controls and marks, zero-width spaces, soft hyphens,
/// byte-order marks, fillers and tags. Joiners stay where they shape what is read: between two
/// characters of scripts or emoji that use them. Tags stay after the black flag, where they spell a
/// region (Unicode UTS #51, emoji tag sequences).
#[must_use]
pub fn strip_invisible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().filter(|c| !is_junk(*c)).peekable();
    let mut previous = '\0';
    let mut in_flag = false;
    while let Some(c) = rest.next() {
        in_flag = c == '\u{1F3F4}' || (in_flag && is_tag(c));
        let keep = if is_joiner(c) {
            joins(previous) && rest.peek().copied().is_some_and(joins)
        } else {
            !is_tag(c) || in_flag
        };
        if keep {
            out.push(c);
            previous = c;
        }
    }
    out
}

/// Whether `c` is a control character or ends a line.
pub(crate) fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The error for a control character.
pub(crate) fn control(c: char) -> TextError {
    if c == '\0' { TextError::Nul } else { TextError::Control(u32::from(c)) }
}

const fn is_junk(c: char) -> bool {
    is_bidi_control(c)
        || matches!(
            c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
                | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}'..='\u{2065}'
                | '\u{206A}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
                | '\u{FFF9}'..='\u{FFFB}'
        )
}

const fn is_tag(c: char) -> bool {
    matches!(c, '\u{E0000}'..='\u{E007F}')
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Whether a joiner beside `c` can have a meaning: scripts from Hebrew on, and emoji. Latin, Greek
/// and Cyrillic never join, and neither do spaces and punctuation marks.
fn joins(c: char) -> bool {
    u32::from(c) >= 0x0590
        && !c.is_whitespace()
        && !is_joiner(c)
        && !is_tag(c)
        && !matches!(c, '\u{2010}'..='\u{203B}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_seen_goes() {
        for (text, clean) in [
            ("A\u{202E}nn\u{202C}a", "Anna"),
            ("\u{2066}Ann\u{2069}", "Ann"),
            ("An\u{200B}n\u{2060}a\u{FEFF}", "Anna"),
            ("Jo\u{200D}hn", "John"),
            ("\u{200D}\u{200C}", ""),
            ("a\u{E0041}\u{E007F}", "a"),
            ("\u{3164}\u{115F}", ""),
            ("co\u{AD}operate", "cooperate"),
        ] {
            assert_eq!(strip_invisible(text), clean, "{text:?}");
        }
    }

    #[test]
    fn joiners_that_shape_the_text_stay() {
        for text in [
            "👩‍👩‍👧",
            "❤️‍🔥",
            "می‌خواهم",
            "ක්‍ෂ",
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",
            "Zoë O’Brien",
            "山田 太郎",
        ] {
            assert_eq!(strip_invisible(text), text);
        }
        assert_eq!(strip_invisible("می‌‌خ"), "می‌خ", "never two in a row");
        assert_eq!(strip_invisible("👩\u{200D}"), "👩", "nothing to join at the end");
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing(text in "\\PC{0,40}|[\u{200B}-\u{2069}👩خa]{0,40}") {
            let once = strip_invisible(&text);
            prop_assert_eq!(strip_invisible(&once), once.clone());
            prop_assert!(!once.chars().any(is_bidi_control));
        }
    }
}
