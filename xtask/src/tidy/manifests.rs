//! What every manifest of the workspace has in common.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use super::finding::Finding;

/// In which tables a crate names a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// Only for tests, benchmarks and examples.
    pub(super) tests_only: bool,
}

/// Versions and features are chosen once, in the root manifest; lints too.
pub(super) fn inherits(path: &str, text: &str) -> Vec<Finding> {
    if !is_member(path) {
        return Vec::new();
    }
    let manifest = match text.parse::<Table>() {
        // A workspace of its own, such as one for fuzzing with another toolchain.
        Ok(manifest) if manifest.contains_key("workspace") => return Vec::new(),
        Ok(manifest) => manifest,
        Err(error) => return vec![Finding::whole("manifest", path, error.message().to_owned())],
    };
    let mut found = Vec::new();
    for (name, value, _) in dependencies(&manifest) {
        if value.get("workspace") != Some(&Value::Boolean(true)) {
            let message = format!(
                "{name}: declare it in the root Cargo.toml and write `{name}.workspace = true`"
            );
            found.push(Finding::at("manifest", path, line_of(text, &name), message));
        }
    }
    let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
    if lints != Some(&Value::Boolean(true)) {
        let message = "the lints of the workspace are not in force: add `[lints] workspace = true`";
        found.push(Finding::whole("manifest", path, message));
    }
    found
}

/// Who names what: for every dependency the crates and whether it is for tests only.
pub(super) fn users<'a>(
    manifests: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> BTreeMap<String, BTreeMap<String, Use>> {
    let mut users: BTreeMap<String, BTreeMap<String, Use>> = BTreeMap::new();
    for (path, text) in manifests {
        let Ok(manifest) = text.parse::<Table>() else { continue };
        let name = manifest.get("package").and_then(|package| package.get("name"));
        let Some(krate) = name.and_then(Value::as_str).filter(|_| is_member(path)) else {
            continue;
        };
        for (dependency, _, dev) in dependencies(&manifest) {
            let by = users.entry(dependency).or_default();
            let entry = by.entry(krate.to_owned()).or_insert(Use { tests_only: true });
            entry.tests_only &= dev;
        }
    }
    users
}

/// The outside crates that the root manifest declares.
pub(super) fn declared(root: &str) -> Result<BTreeSet<String>, toml::de::Error> {
    let manifest = root.parse::<Table>()?;
    let table = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let external =
        |(name, value): (&String, &Value)| value.get("path").is_none().then(|| name.clone());
    Ok(table.and_then(Value::as_table).into_iter().flatten().filter_map(external).collect())
}

fn is_member(path: &str) -> bool {
    let inside = path.strip_prefix("crates/").map(|rest| rest.matches('/').count());
    path == "xtask/Cargo.toml" || inside == Some(1) && path.ends_with("/Cargo.toml")
}

/// Name, value and whether it is for tests, from every dependency table.
fn dependencies(manifest: &Table) -> Vec<(String, Value, bool)> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let nested = targets.into_iter().flatten().filter_map(|(_, target)| target.as_table());
    let mut found = Vec::new();
    for table in std::iter::once(manifest).chain(nested) {
        for (kind, dev) in
            [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)]
        {
            let lines = table.get(kind).and_then(Value::as_table).into_iter().flatten();
            found.extend(lines.map(|(name, value)| (name.clone(), value.clone(), dev)));
        }
    }
    found
}

fn line_of(text: &str, name: &str) -> usize {
    let starts =
        |line: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '=', '.']));
    text.lines().position(starts).map_or(0, |index| index + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{declared, inherits, users};

    const FINE: &str = "[package]\nname = \"tg-a\"\n[lints]\nworkspace = true\n\
        [dependencies]\na.workspace = true\nb = { workspace = true, features = [\"x\"] }\n";

    fn found(text: &str) -> Vec<String> {
        inherits("crates/tg-a/Cargo.toml", text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn inherited_dependencies_are_fine() {
        assert_eq!(found(FINE), [""; 0]);
    }

    #[test]
    fn versions_of_a_crates_own_are_found_in_every_table() {
        let text = format!(
            "{FINE}c = \"1\"\n[dev-dependencies]\nd = {{ path = \"../d\" }}\n[target.'cfg(unix)'.dependencies]\ne = \"1\"\n"
        );
        let found = found(&text);
        assert_eq!(found.len(), 3);
        let expected = "crates/tg-a/Cargo.toml:8: c: declare it in the root Cargo.toml and write \
            `c.workspace = true` [manifest]";
        assert!(found.iter().any(|finding| finding == expected), "{found:?}");
    }

    #[test]
    fn lints_are_inherited_too() {
        assert_eq!(found("[package]\nname = \"tg-a\"\n").len(), 1);
        assert_eq!(found("[package]\nname = \"tg-a\"\n[workspace]\n"), [""; 0]);
    }

    #[test]
    fn other_manifests_are_left_alone() {
        assert!(inherits("Cargo.toml", "x").is_empty());
        assert!(inherits("crates/tg-a/fuzz/Cargo.toml", "x").is_empty());
        assert_eq!(inherits("xtask/Cargo.toml", "not toml").len(), 1);
    }

    #[test]
    fn users_know_who_only_tests_with_it() {
        let dev = "[package]\nname = \"tg-b\"\n[dev-dependencies]\na.workspace = true\n";
        let both = format!("{FINE}[dev-dependencies]\na.workspace = true\n");
        let files = [("crates/tg-a/Cargo.toml", both.as_str()), ("crates/tg-b/Cargo.toml", dev)];
        let users = users(files);
        let by: Vec<_> =
            users["a"].iter().map(|(name, by)| (name.as_str(), by.tests_only)).collect();
        assert_eq!(by, [("tg-a", false), ("tg-b", true)]);
    }

    #[test]
    fn our_own_crates_are_not_declared_as_outside_ones() {
        let root = "[workspace.dependencies]\ntg-a = { path = \"crates/tg-a\" }\nserde = \"1\"\n";
        assert_eq!(declared(root).unwrap().into_iter().collect::<Vec<_>>(), ["serde"]);
        assert!(declared("[").is_err());
    }
}
