//! DEPS.md has a row for every outside crate, says who uses it, and no row for any other.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::manifests::{Use, declared};

const PATH: &str = "DEPS.md";
const ROOT: &str = "Cargo.toml";

/// A row of the table: `` | `name` | used by | why | notes | ``.
struct Row<'a> {
    line: usize,
    name: &'a str,
    used_by: &'a str,
    why: &'a str,
}

/// Compares DEPS.md with the root manifest and with who uses what.
pub(super) fn documented(
    root: &str,
    table: &str,
    users: &BTreeMap<String, BTreeMap<String, Use>>,
) -> Vec<Finding> {
    let declared = match declared(root) {
        Ok(declared) => declared,
        Err(error) => return vec![Finding::whole("deps", ROOT, error.message().to_owned())],
    };
    let rows = rows(table);
    let mut found = Vec::new();
    for name in &declared {
        let used_by = users.get(name).map(shown);
        if used_by.is_none() {
            let message = format!("{name} is declared and no crate uses it: remove it");
            found.push(Finding::whole("deps", ROOT, message));
        }
        let mut named = rows.iter().filter(|row| row.name == name);
        match named.next() {
            None => {
                let message = format!("{name} has no row: say who uses it and why it is here");
                found.push(Finding::whole("deps", PATH, message));
            }
            Some(row) => found.extend(row_is_right(row, used_by.as_deref())),
        }
        found.extend(named.map(|row| at(row, "has a second row")));
    }
    let strangers = rows.iter().filter(|row| !declared.contains(row.name));
    found.extend(strangers.map(|row| at(row, "is not in the root Cargo.toml: remove the row")));
    found
}

fn at(row: &Row<'_>, what: &str) -> Finding {
    Finding::at("deps", PATH, row.line, format!("{} {what}", row.name))
}

fn row_is_right(row: &Row<'_>, used_by: Option<&str>) -> Option<Finding> {
    if row.why.is_empty() {
        return Some(at(row, "does not say why it is here"));
    }
    let used_by = used_by.filter(|expected| *expected != row.used_by)?;
    Some(at(row, &format!("is used by: {used_by}")))
}

fn shown(by: &BTreeMap<String, Use>) -> String {
    let name = |(name, by): (&String, &Use)| {
        if by.tests_only { format!("{name} (tests)") } else { name.clone() }
    };
    by.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn rows(table: &str) -> Vec<Row<'_>> {
    table
        .lines()
        .enumerate()
        .filter_map(|(index, line)| {
            let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
            let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
            let used_by = cells.next().unwrap_or_default();
            Some(Row { line: index + 1, name, used_by, why: cells.next().unwrap_or_default() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::manifests::users;
    use super::documented;

    const ROOT: &str =
        "[workspace.dependencies]\nserde = \"1\"\ntg-a = { path = \"crates/tg-a\" }\n";
    const CRATE: &str = "[package]\nname = \"tg-a\"\n[dependencies]\nserde.workspace = true\n";
    const HEAD: &str = "| Dependency | Used by | Why | Notes |\n|---|---|---|---|\n";

    fn found(root: &str, rows: &str) -> Vec<String> {
        let users = users([("crates/tg-a/Cargo.toml", CRATE)]);
        let table = format!("{HEAD}{rows}");
        documented(root, &table, &users).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_row_per_dependency_is_fine() {
        assert_eq!(found(ROOT, "| `serde` | tg-a | derives | |\n"), [""; 0]);
    }

    #[test]
    fn missing_extra_and_second_rows_are_found() {
        let missing = "DEPS.md: serde has no row: say who uses it and why it is here [deps]";
        assert_eq!(found(ROOT, ""), [missing]);
        let rows =
            "| `serde` | tg-a | derives | |\n| `serde` | tg-a | again | |\n| `rand` | | | |\n";
        let expected = [
            "DEPS.md:4: serde has a second row [deps]",
            "DEPS.md:5: rand is not in the root Cargo.toml: remove the row [deps]",
        ];
        assert_eq!(found(ROOT, rows), expected);
    }

    #[test]
    fn the_row_says_who_and_why() {
        let who = "DEPS.md:3: serde is used by: tg-a [deps]";
        assert_eq!(found(ROOT, "| `serde` | tg-b | derives | |\n"), [who]);
        let why = "DEPS.md:3: serde does not say why it is here [deps]";
        assert_eq!(found(ROOT, "| `serde` | tg-a | | |\n"), [why]);
    }

    #[test]
    fn what_nobody_uses_is_found() {
        let root = format!("{ROOT}rand = \"1\"\n");
        let rows = "| `serde` | tg-a | derives | |\n| `rand` | nobody | dice | |\n";
        let unused = "Cargo.toml: rand is declared and no crate uses it: remove it [deps]";
        assert_eq!(found(&root, rows), [unused]);
    }
}
