//! A list of people written so that it can be read in a spreadsheet, and imported again.

use super::rejects::harmless;
use std::borrow::Cow;
use std::io::{self, Write};

/// The columns before those of the list.
const FRONT: [&str; 7] = ["username", "phone", "user_id", "first_name", "last_name", "lang", "tz"];
/// The columns behind them: whether somebody may be written to must not get lost on the way.
const BACK: [&str; 7] = [
    "consent",
    "consented_at",
    "opted_out_at",
    "suppressed",
    "consent_evidence",
    "consent_scope",
    "tags",
];

/// One person as [`PeopleWriter`] takes them; what is empty is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exported<'a> {
    /// Without the @.
    pub username: &'a str,
    /// In E.164, whole.
    pub phone: &'a str,
    /// Decimal.
    pub user_id: &'a str,
    /// First name, last name, language, time zone.
    pub names: [&'a str; 4],
    /// The list's further columns, in the order of the first row.
    pub fields: Vec<&'a str>,
    /// Where the consent came from, and when; when they opted out; whether they are suppressed; what
    /// proves the consent, and for what it was given; labels.
    pub permission: [&'a str; 7],
}

/// Writes people as CSV. Cells that a spreadsheet would take for a formula get an apostrophe in
/// front (owasp.org/www-community/attacks/CSV_Injection). A phone number does not: a plus and
/// digits are a number, which calculates nothing.
pub struct PeopleWriter<W: Write> {
    out: csv::Writer<W>,
}

impl<W: Write> PeopleWriter<W> {
    /// Writes the first row. A column of the list that is called as one of ours is told apart by a
    /// prefix.
    ///
    /// # Errors
    /// If the output fails.
    pub fn new<'a>(out: W, fields: impl IntoIterator<Item = &'a str>) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        for name in FRONT {
            out.write_field(name)?;
        }
        for name in fields {
            if BACK.contains(&name) {
                out.write_field(format!("list_{name}"))?;
            } else {
                out.write_field(&*harmless(name))?;
            }
        }
        for name in BACK {
            out.write_field(name)?;
        }
        out.write_record(None::<&[u8]>)?;
        Ok(Self { out })
    }

    /// Writes one person.
    ///
    /// # Errors
    /// If the output fails.
    pub fn write(&mut self, person: &Exported<'_>) -> io::Result<()> {
        let safe = |cell| -> Cow<'_, str> { harmless(cell) };
        for cell in [safe(person.username), person.phone.into(), person.user_id.into()] {
            self.out.write_field(&*cell)?;
        }
        for cell in person.names.iter().chain(&person.fields).chain(&person.permission) {
            self.out.write_field(&*harmless(cell))?;
        }
        Ok(self.out.write_record(None::<&[u8]>)?)
    }

    /// The output, of which some may be buffered still.
    pub fn get_ref(&self) -> &W {
        self.out.get_ref()
    }

    /// Writes what is still buffered, and gives the output back.
    ///
    /// # Errors
    /// If the output fails.
    pub fn finish(self) -> io::Result<W> {
        self.out.into_inner().map_err(|error| io::Error::from(error.error().kind()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay_whole() {
        let mut writer = PeopleWriter::new(Vec::new(), ["city", "consent"]).unwrap();
        writer
            .write(&Exported {
                username: "ann",
                phone: "+4915112345678",
                user_id: "5",
                names: ["=cmd|' /C calc'!A0", "", "de", ""],
                fields: vec!["@SUM(1+1)", "a,\"b\"\nc"],
                permission: ["-fair", "2026-10-03T00:00:00Z", "", "", "form 7", "", "vip"],
            })
            .unwrap();
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let head = "username,phone,user_id,first_name,last_name,lang,tz,city,list_consent,\
                    consent,consented_at,opted_out_at,suppressed,consent_evidence,consent_scope,tags";
        assert_eq!(reader.headers().unwrap(), head.split(',').collect::<Vec<_>>());
        let row = reader.records().next().unwrap().unwrap();
        assert_eq!(
            (&row[1], &row[3], &row[7]),
            ("+4915112345678", "'=cmd|' /C calc'!A0", "'@SUM(1+1)")
        );
        assert_eq!((&row[8], &row[9]), ("a,\"b\"\nc", "'-fair"));
    }
}
