//! A list of people who do not exist, as long as wanted.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Result;

/// Writes a list with a username, a phone number and a field for each of `count` people.
///
/// # Errors
/// If the file cannot be written.
pub(super) fn write(path: &Path, count: u64) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "username,phone,first_name,last_name,lang,tz,city")?;
    for n in 0..count {
        writeln!(
            file,
            "made_up_{n},+49151{n:08},First{n},Last,de,Europe/Berlin,\"Frankfurt, Main\""
        )?;
    }
    Ok(file.flush()?)
}
