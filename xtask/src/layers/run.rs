//! Reads the graph of this workspace, checks it, and prints what was found.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use super::check::check;
use super::drawing::UNREACHABLE;
use super::graph::{Crate, Graph, from_metadata, from_tree};
use crate::shell::{Cmd, complain, root, say};

/// Checks the workspace that this crate is part of.
///
/// # Errors
/// There are violations, which were printed; or cargo could not say what depends on what.
pub(crate) fn run() -> Result<()> {
    let crates = crates()?;
    let graph = Graph { reached: reached(&crates)?, crates };
    let found = check(&graph);
    found.iter().for_each(|violation| complain(&violation.to_string()));
    if !found.is_empty() {
        bail!("{} dependencies are not as the architecture draws them", found.len());
    }
    let lines: usize = graph.crates.iter().map(|krate| krate.dependencies.len()).sum();
    say(&format!("layers: {} crates, {lines} dependencies, as drawn", graph.crates.len()));
    Ok(())
}

fn crates() -> Result<Vec<Crate>> {
    let json = Cmd::cargo("metadata --format-version 1 --no-deps --locked").read()?;
    from_metadata(&json, &root()?.to_string_lossy())
}

/// What the crates with a ban on reach do reach, with all of their features on.
fn reached(crates: &[Crate]) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut reached = BTreeMap::new();
    for (name, _) in UNREACHABLE {
        if crates.iter().any(|krate| krate.name == *name) {
            let tree =
                format!("tree -p {name} -e normal,build --all-features --prefix none --locked");
            reached.insert((*name).to_owned(), from_tree(&Cmd::cargo(&tree).read()?));
        }
    }
    Ok(reached)
}
