//! How a template is written.

/// A format of templates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// CommonMark with strikethrough.
    #[default]
    Markdown,
    /// Telegram's own subset of HTML (core.telegram.org/bots/api#html-style).
    Html,
    /// Text as it stands.
    Plain,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Markdown, Self::Html, Self::Plain];

    /// The name under which it is stored and typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Plain => "plain",
        }
    }

    /// The inverse of [`Format::as_str`].
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// What a file with this extension is taken for.
    #[must_use]
    pub fn of_extension(extension: &str) -> Self {
        match extension.to_ascii_lowercase().as_str() {
            "html" | "htm" => Self::Html,
            "txt" => Self::Plain,
            _ => Self::Markdown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_extensions_are_understood() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.as_str()), Some(format));
        }
        for (extension, format) in [
            ("md", Format::Markdown),
            ("HTML", Format::Html),
            ("txt", Format::Plain),
            ("", Format::Markdown),
        ] {
            assert_eq!(Format::of_extension(extension), format);
        }
    }
}
