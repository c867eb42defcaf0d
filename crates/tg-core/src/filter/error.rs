//! Why a text is no filter, and where.

/// A text that is no filter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: {problem}")]
pub struct FilterError {
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: String,
    text: String,
}

impl FilterError {
    pub(super) fn new(text: &str, offset: usize, problem: String) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let column = before.chars().count() + 1;
        // Shown below each other: a line end would tear them apart.
        let text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self { column, problem, text }
    }

    /// The text, and a caret below the place.
    #[must_use]
    pub fn pointed(&self) -> String {
        format!("{}\n{:>width$}", self.text, "^", width = self.column)
    }
}
