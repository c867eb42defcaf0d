//! A small table of text as CSV.

use super::rejects::harmless;
use std::io;

/// A table as CSV: `head`, then `rows`. Cells that a spreadsheet would take for a formula get an
/// apostrophe in front (owasp.org/www-community/attacks/CSV_Injection).
///
/// # Errors
/// If a row has not as many cells as the head.
pub fn write_table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> io::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(head)?;
    for row in rows {
        out.write_record(row.each_ref().map(|cell| harmless(cell).into_owned()))?;
    }
    out.into_inner().map_err(|error| io::Error::from(error.error().kind()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_cell_is_one_cell_and_no_formula() {
        let rows = [["a,b".to_owned(), "=1+1".to_owned()], [String::new(), "5".to_owned()]];
        let written = String::from_utf8(write_table(["name", "n"], rows).unwrap()).unwrap();
        assert_eq!(written, "name,n\n\"a,b\",'=1+1\n,5\n");
    }
}
