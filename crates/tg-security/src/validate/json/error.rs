//! What is wrong with a JSON text, said without its content.

use super::place::{JsonPlace, may_be_told};

/// Why a JSON text is refused. Never quotes a value: keys and phone numbers stand there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// It is too long.
    #[error("{document}: longer than {limit} bytes")]
    TooLarge {
        /// What the document is called.
        document: &'static str,
        /// How long it may be, in bytes.
        limit: usize,
    },
    /// It is nested too deeply.
    #[error("{}: nested deeper than {limit} levels, {}", .place.path, .place.position())]
    TooDeep {
        /// How deep it may be.
        limit: usize,
        /// The first bracket that is too deep.
        place: JsonPlace,
    },
    /// It is no JSON, or a value is wrong.
    #[error("{}: {reason}, {}", .place.path, .place.position())]
    Fault {
        /// What is wrong.
        reason: String,
        /// Where.
        place: JsonPlace,
    },
}

impl JsonError {
    /// Where the fault is; a text that is too long has none.
    #[must_use]
    pub const fn place(&self) -> Option<&JsonPlace> {
        match self {
            Self::TooLarge { .. } => None,
            Self::TooDeep { place, .. } | Self::Fault { place, .. } => Some(place),
        }
    }

    /// The same fault in a file of which the text was one line, counted from 1.
    #[must_use]
    pub fn on_line(mut self, line: usize) -> Self {
        match &mut self {
            Self::TooLarge { .. } => {}
            Self::TooDeep { place, .. } | Self::Fault { place, .. } => place.line = line,
        }
        self
    }
}

/// The longest reason, in characters. Whatever else is in it, it is a sentence.
const LONGEST: usize = 160;

/// What the parser says, without the place (which is told apart) and without values.
pub(super) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    without_value(text).chars().take(LONGEST).collect()
}

/// The parser quotes what it did not expect (`invalid type: string "…", expected a boolean`); what
/// was expected and the kind of what was found say enough.
fn without_value(reason: &str) -> String {
    for start in ["invalid type: ", "invalid value: "] {
        if let Some(rest) = reason.strip_prefix(start) {
            let (found, expected) = rest.rsplit_once(", expected ").unwrap_or((rest, ""));
            let kind = found.split(['"', '`', '\'']).next().unwrap_or_default().trim();
            return format!("{start}{kind}, expected {expected}");
        }
    }
    for start in ["unknown field ", "unknown variant "] {
        if reason.starts_with(start) {
            let known = reason.rsplit_once("`, ").map_or("", |(_, known)| known);
            return format!("{}, {known}", start.trim_end());
        }
    }
    // What a type says about its own value.
    let parts = reason.split('"').enumerate().map(|(n, part)| {
        let quoted = n % 2 == 1;
        if quoted && !may_be_told(part) { "[…]" } else { part }
    });
    parts.collect::<Vec<_>>().join("\"")
}
