//! The targets that there are: the files in `tests/fuzz/targets`, each with its first line.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// One target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// What it is called on the command line.
    pub(super) name: String,
    /// What is fed, from the file's first line.
    pub(super) about: String,
}

/// The targets in `folder` that are asked for; all of them if none is named.
///
/// # Errors
/// The folder cannot be read, or has no target of a name that was asked for.
pub(super) fn chosen(folder: &Path, only: &[String]) -> Result<Vec<Target>> {
    let all = targets(folder)?;
    if only.is_empty() {
        return Ok(all);
    }
    let names: Vec<_> = all.iter().map(|target| target.name.clone()).collect();
    if let Some(unknown) = only.iter().find(|name| !names.contains(name)) {
        bail!("there is no target {unknown}; there are {}", names.join(", "));
    }
    Ok(all.into_iter().filter(|target| only.contains(&target.name)).collect())
}

fn targets(folder: &Path) -> Result<Vec<Target>> {
    let shown = || folder.display().to_string();
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(shown)? {
        let path = entry.with_context(shown)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(name) = name.strip_suffix(".rs") {
            let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let first = text.lines().next().unwrap_or_default();
            let about = first.trim_start_matches("//!").trim().trim_end_matches('.');
            found.push(Target { name: name.to_owned(), about: about.to_owned() });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::chosen;
    use crate::shell::root;

    #[test]
    fn every_target_says_what_it_is_fed_and_is_in_the_manifest() {
        let project = root().unwrap().join("tests/fuzz");
        let manifest = std::fs::read_to_string(project.join("Cargo.toml")).unwrap();
        let all = chosen(&project.join("targets"), &[]).unwrap();
        assert!(all.len() > 5);
        for target in all {
            assert!(target.about.len() > 10, "{}", target.name);
            assert!(manifest.contains(&format!("path = \"targets/{}.rs\"", target.name)));
            assert!(project.join("seeds").join(&target.name).is_dir(), "{}", target.name);
        }
    }

    #[test]
    fn unknown_names_are_refused_with_those_that_there_are() {
        let folder = root().unwrap().join("tests/fuzz/targets");
        let one = chosen(&folder, &["template".to_owned()]).unwrap();
        assert_eq!(one.len(), 1);
        let error = chosen(&folder, &["nothing".to_owned()]).unwrap_err().to_string();
        assert!(error.contains("csv_people, entities"), "{error}");
    }
}
