//! Tables for people: aligned columns without lines, which survive being cut and pasted.

use crate::text::clean;
use comfy_table::{CellAlignment, ContentArrangement, presets};

/// A table under construction.
#[derive(Debug)]
pub(crate) struct Table(comfy_table::Table);

impl Table {
    /// A table with these headings.
    pub(crate) fn new<const N: usize>(headings: [&str; N]) -> Self {
        let mut table = comfy_table::Table::new();
        table
            .load_preset(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(headings);
        for column in table.column_iter_mut() {
            column.set_padding((0, 2));
        }
        Self(table)
    }

    /// Aligns columns of numbers to the right.
    pub(crate) fn right<const N: usize>(mut self, columns: [usize; N]) -> Self {
        for column in columns {
            if let Some(column) = self.0.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        self
    }

    /// Adds a row; control characters in it are made visible.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.0.add_row(cells.map(|cell| clean(&cell)));
    }

    /// The table as text, or `otherwise` if it has no rows.
    pub(crate) fn or(self, otherwise: &str) -> String {
        if self.0.row_iter().next().is_none() {
            return otherwise.to_owned();
        }
        self.0.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
    }
}

/// Names and values below each other.
pub(crate) fn pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let pairs: Vec<_> = pairs.into_iter().collect();
    let width = pairs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    pairs
        .iter()
        .map(|(name, value)| format!("{name:<width$}  {}", clean(value)).trim_end().to_owned())
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_nothing_trails() {
        let mut table = Table::new(["NAME", "SENT"]).right([1]);
        table.row(["a".into(), "5".into()]);
        table.row(["longer".into(), "1,000".into()]);
        assert_eq!(table.or("none"), "NAME     SENT\na           5\nlonger  1,000");
    }

    #[test]
    fn an_empty_table_says_so() {
        assert_eq!(Table::new(["NAME"]).or("none yet"), "none yet");
    }

    #[test]
    fn strangers_text_stays_in_its_cell() {
        let mut table = Table::new(["NAME"]);
        table.row(["a\u{1b}[2J\nb".into()]);
        assert_eq!(table.or(""), "NAME\na\u{fffd}[2J\u{fffd}b");
        assert_eq!(pairs([("a", "x\ny".into()), ("bcd", "z".into())]), "a    x\u{fffd}y\nbcd  z");
    }
}
