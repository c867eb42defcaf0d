//! What the manifests say, read from `cargo metadata` and `cargo tree`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Context, Result};
use serde::Deserialize;

/// The crates of the workspace and what they name.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) crates: Vec<Crate>,
    /// For a crate of ours, all that its product code reaches, directly or through others.
    pub(super) reached: BTreeMap<String, BTreeSet<String>>,
}

/// A crate of ours.
#[derive(Debug, Deserialize)]
pub(super) struct Crate {
    pub(super) name: String,
    #[serde(rename = "manifest_path")]
    pub(super) manifest: String,
    pub(super) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(super) features: BTreeMap<String, Vec<String>>,
}

/// A line in one of its dependency tables.
#[derive(Debug, Deserialize)]
pub(super) struct Dependency {
    pub(super) name: String,
    #[serde(default, deserialize_with = "kind")]
    pub(super) kind: Kind,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default)]
    pub(super) features: Vec<String>,
}

/// The table that a dependency stands in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Normal,
    Dev,
    Build,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "[dependencies]",
            Self::Dev => "[dev-dependencies]",
            Self::Build => "[build-dependencies]",
        })
    }
}

/// Cargo writes no kind for a normal dependency.
fn kind<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Kind, D::Error> {
    match Option::<String>::deserialize(from)?.as_deref() {
        None => Ok(Kind::Normal),
        Some("dev") => Ok(Kind::Dev),
        Some("build") => Ok(Kind::Build),
        Some(other) => Err(serde::de::Error::custom(format!("unknown dependency kind {other}"))),
    }
}

/// Reads the answer of `cargo metadata --no-deps`; manifests become relative to `root`.
///
/// # Errors
/// The answer is not what this version of cargo documents.
pub(super) fn from_metadata(json: &str, root: &str) -> Result<Vec<Crate>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Crate>,
    }
    let metadata: Metadata =
        serde_json::from_str(json).context("the answer of cargo metadata cannot be read")?;
    let mut crates = metadata.packages;
    for krate in &mut crates {
        if let Some(inside) = krate.manifest.strip_prefix(root) {
            krate.manifest = inside.trim_start_matches(['/', '\\']).to_owned();
        }
    }
    crates.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(crates)
}

/// Reads the answer of `cargo tree --prefix none`: the names of the packages, ours included.
pub(super) fn from_tree(lines: &str) -> BTreeSet<String> {
    lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}
