//! Applies the rules to this workspace and prints what was found.

use anyhow::{Result, bail};

use super::repo::files;
use super::rules::check;
use crate::shell::{complain, root, say};

/// Checks the tree that this crate is part of.
///
/// # Errors
/// There are findings, which were printed; or the tree cannot be read.
pub(crate) fn run() -> Result<()> {
    let files = files(&root()?)?;
    let found = check(&files);
    found.iter().for_each(|finding| complain(&finding.to_string()));
    if !found.is_empty() {
        bail!(
            "{} findings; exceptions, with their reasons, go to xtask/tidy-allow.toml",
            found.len()
        );
    }
    say(&format!("tidy: {} files, no findings", files.len()));
    Ok(())
}
