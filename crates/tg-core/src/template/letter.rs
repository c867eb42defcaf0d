//! A template in all of its languages, and which of them somebody reads.

use super::{Fault, Format, Template};
use crate::delivery::Media;
use std::collections::{BTreeMap, BTreeSet};

/// Most languages that one template may have.
pub const MAX_LANGUAGES: usize = 64;

/// What a template says in one language, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// BCP 47, cased as is usual; empty if none was named.
    pub lang: String,
    /// What was in the file.
    pub source: String,
    /// How it is written.
    pub format: Format,
    /// Files that its first message is sent with.
    pub media: Vec<Media>,
}

impl Text {
    /// A text whose language is not named.
    #[must_use]
    pub fn new(source: &str, format: Format) -> Self {
        Self { lang: String::new(), source: source.to_owned(), format, media: Vec::new() }
    }
}

/// A fault, and the language that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFault {
    /// Empty if none was named.
    pub lang: String,
    /// What is wrong, and where.
    pub fault: Fault,
}

/// A template, compiled in all of its languages.
#[derive(Debug)]
pub struct Letter {
    main: Template,
    main_lang: String,
    others: BTreeMap<String, Template>,
}

impl Letter {
    /// Compiles all languages: `main` is for everybody whose own is not among `others`. With a list
    /// of known fields, a use of any other is a fault.
    ///
    /// # Errors
    /// The faults of every language, each with its place.
    pub fn compile(
        main: &Text,
        others: &[Text],
        known: Option<&[&str]>,
    ) -> Result<Self, Vec<TextFault>> {
        let mut faults = Vec::new();
        let main_template = compiled(main, known, &mut faults);
        let others = others
            .iter()
            .filter_map(|text| {
                compiled(text, known, &mut faults).map(|template| (text.lang.clone(), template))
            })
            .collect();
        match main_template {
            Some(template) if faults.is_empty() => {
                Ok(Self { main: template, main_lang: main.lang.clone(), others })
            }
            _ => Err(faults),
        }
    }

    /// The template for somebody who reads `lang`, with the language it is in: the same tag, else
    /// with its last parts taken off one by one, else the default (RFC 4647, section 3.4).
    #[must_use]
    pub fn for_lang(&self, lang: &str) -> (&str, &Template) {
        let mut range = lang;
        while !range.is_empty() {
            if range == self.main_lang {
                break;
            }
            if let Some((lang, template)) = self.others.get_key_value(range) {
                return (lang, template);
            }
            range = shorter(range);
        }
        (&self.main_lang, &self.main)
    }

    /// Whether any message in any language has buttons, which only bots send.
    #[must_use]
    pub fn has_buttons(&self) -> bool {
        std::iter::once(&self.main).chain(self.others.values()).any(Template::has_buttons)
    }

    /// The fields that it uses, in any language.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&str> {
        let all = std::iter::once(&self.main).chain(self.others.values());
        all.flat_map(|template| template.fields().iter().map(String::as_str)).collect()
    }
}

fn compiled(text: &Text, known: Option<&[&str]>, faults: &mut Vec<TextFault>) -> Option<Template> {
    let mut note = |found: Vec<Fault>| {
        faults.extend(found.into_iter().map(|fault| TextFault { lang: text.lang.clone(), fault }));
    };
    let template = match Template::compile_with(&text.source, text.format, &text.media) {
        Ok(template) => template,
        Err(found) => {
            note(found);
            return None;
        }
    };
    if let Some(known) = known {
        let mut unknown = template.unknown_fields(&text.source, known);
        unknown.sort_by_key(|fault| (fault.line, fault.column));
        note(unknown);
    }
    Some(template)
}

/// A tag without its last part; a single letter before it goes, too: it only announced that part.
fn shorter(tag: &str) -> &str {
    let cut = |tag: &'_ str| tag.rfind('-').unwrap_or(0);
    let rest = &tag[..cut(tag)];
    let at = cut(rest);
    if rest.len() == at + 2 && at > 0 { &rest[..at] } else { rest }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::Person;
    use proptest::prelude::*;

    fn text(lang: &str, source: &str) -> Text {
        Text { lang: lang.to_owned(), ..Text::new(source, Format::Markdown) }
    }

    fn letter(main: &str, others: &[&str]) -> Letter {
        let others: Vec<Text> = others.iter().map(|lang| text(lang, lang)).collect();
        Letter::compile(&text(main, "default"), &others, None).expect("no faults")
    }

    fn said(letter: &Letter, lang: &str) -> String {
        let (_, template) = letter.for_lang(lang);
        template.render(&Person::default()).expect("renders").remove(0).text
    }

    #[test]
    fn who_reads_what() {
        let letter = letter("en", &["de", "zh-Hant", "de-CH"]);
        for (lang, expected) in [
            ("de", "de"),
            ("de-AT", "de"),
            ("de-CH", "de-CH"),
            ("de-CH-1996", "de-CH"),
            ("de-x-home", "de"),
            ("zh-Hant-TW", "zh-Hant"),
            ("zh", "default"),
            ("en-GB", "default"),
            ("fr", "default"),
            ("", "default"),
        ] {
            assert_eq!(said(&letter, lang), expected, "{lang}");
        }
        assert_eq!(letter.for_lang("fr").0, "en");
    }

    #[test]
    fn faults_are_named_in_every_language() {
        let others = [text("de", "Hallo {{ vorname }}"), text("fr", "{% if %}")];
        let found =
            Letter::compile(&text("", "Hi {{ first_name }}"), &others, Some(&["first_name"]));
        let found = found.expect_err("two languages are wrong");
        let langs: Vec<_> = found.iter().map(|fault| fault.lang.as_str()).collect();
        assert_eq!(langs, ["de", "fr"]);
    }

    proptest! {
        /// Whatever somebody reads, they get the longest beginning of their tag that there is.
        #[test]
        fn the_nearest_language_is_taken(
            parts in prop::collection::vec("[a-z]{2,4}", 1..4),
            offered in prop::collection::btree_set("[a-z]{2,4}(-[a-z]{2,4}){0,2}", 0..6),
            own in 0usize..4,
        ) {
            let tag = parts.join("-");
            let mut offered = offered;
            if own > 0 && own <= parts.len() {
                offered.insert(parts[..own].join("-"));
            }
            let langs: Vec<&str> = offered.iter().map(String::as_str).collect();
            let letter = letter("", &langs);
            let nearest = (1..=parts.len()).rev().map(|n| parts[..n].join("-"))
                .find(|range| offered.contains(range));
            prop_assert_eq!(said(&letter, &tag), nearest.unwrap_or_else(|| "default".to_owned()));
        }
    }
}
