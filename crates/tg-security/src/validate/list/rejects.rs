//! Rows that were refused, written so that a person can mend them in a spreadsheet.

use super::row::Reject;
use std::borrow::Cow;
use std::io::{self, Write};

/// Writes `line,column,reason,raw`. Cells that a spreadsheet would take for a formula get an
/// apostrophe in front (owasp.org/www-community/attacks/CSV_Injection).
pub struct RejectWriter<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> RejectWriter<W> {
    /// Writes the first row.
    ///
    /// # Errors
    /// If the output fails.
    pub fn new(out: W) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(["line", "column", "reason", "raw"])?;
        Ok(Self { out })
    }

    /// Writes one reject.
    ///
    /// # Errors
    /// If the output fails.
    pub fn write(&mut self, reject: &Reject) -> io::Result<()> {
        let line = reject.line.to_string();
        let cells = [&line, &reject.column, &reject.reason, &reject.raw];
        Ok(self.out.write_record(cells.map(|cell| harmless(cell).into_owned()))?)
    }

    /// Writes what is still buffered, and gives the output back.
    ///
    /// # Errors
    /// If the output fails.
    pub fn finish(self) -> io::Result<W> {
        self.out.into_inner().map_err(|error| io::Error::from(error.error().kind()))
    }
}

/// A cell that no spreadsheet calculates.
pub(super) fn harmless(cell: &str) -> Cow<'_, str> {
    let shown = cell.trim_start();
    let formula = |c| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
    if cell.starts_with(['\t', '\r', '\n']) || shown.starts_with(formula) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn formulas_become_text() {
        let mut writer = RejectWriter::new(Vec::new()).unwrap();
        for raw in ["=1+1,x", "+49", "-2", "@ann,\"q\"", " =1", "\tx", "plain", "a\nb"] {
            let reject = Reject {
                line: 2,
                column: "username".into(),
                reason: "it is wrong".into(),
                raw: raw.into(),
            };
            writer.write(&reject).unwrap();
        }
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap(), vec!["line", "column", "reason", "raw"]);
        let raws: Vec<String> = reader.records().map(|r| r.unwrap()[3].to_owned()).collect();
        assert_eq!(
            raws,
            ["'=1+1,x", "'+49", "'-2", "'@ann,\"q\"", "' =1", "'\tx", "plain", "a\nb"]
        );
    }

    #[test]
    fn a_full_disk_is_an_error() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let error = RejectWriter::new(Full).unwrap().finish().err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
