//! All rules, and a tree to apply them to.

use super::finding::Finding;
use super::{
    allow, bounded, container, deps, manifests, migrations, shape, shown, sql, text, waits, words,
};

/// A file of the tree.
#[derive(Debug)]
pub(super) struct File {
    /// Relative to the root, with forward slashes.
    pub(super) path: String,
    pub(super) bytes: u64,
    /// None for what is not text, and for what is too large to be kept in the tree anyway.
    pub(super) text: Option<String>,
}

/// Rules that look at one text file: path and content in, findings out.
const PER_FILE: &[fn(&str, &str) -> Vec<Finding>] = &[
    shape::header,
    shape::long_file,
    shape::logic_free,
    words::leftovers,
    words::stubs,
    words::machine_paths,
    waits::sleeps,
    waits::ports,
    bounded::calls,
    sql::built,
    text::line_ends,
    manifests::inherits,
];

/// Applies every rule, and then the exceptions; findings by path and line.
pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let mut found: Vec<_> =
        files.iter().filter_map(|file| shape::large_file(&file.path, file.bytes)).collect();
    for (path, text) in texts(files) {
        found.extend(PER_FILE.iter().flat_map(|rule| rule(path, text)));
    }
    let paths = || files.iter().map(|file| file.path.as_str());
    found.extend(migrations::numbered(paths()));
    found.extend(container::manifests(named(files, "Dockerfile"), paths()));
    found.extend(deps::documented(
        named(files, "Cargo.toml"),
        named(files, "DEPS.md"),
        &manifests::users(texts(files)),
    ));
    found.extend(shown::by_tests(named(files, "docs/security.md"), texts(files)));
    let mut left = match allow::parse(named(files, allow::PATH)) {
        Ok(exceptions) => allow::apply(found, &exceptions),
        Err(error) => {
            found.push(Finding::whole("allow", allow::PATH, error.to_string()));
            found
        }
    };
    left.sort();
    left
}

fn texts(files: &[File]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?)))
}

/// The content of a file; empty if there is none.
fn named<'a>(files: &'a [File], path: &str) -> &'a str {
    texts(files).find(|(name, _)| *name == path).map_or("", |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::{File, check};

    fn file(path: &str, text: &str) -> File {
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        File { path: path.to_owned(), bytes, text: Some(text.to_owned()) }
    }

    fn found(files: &[File]) -> Vec<String> {
        check(files).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_rule_is_wired_in() {
        let long = format!("//! Long.\n{}", "x\n".repeat(400));
        let files = [
            file("Cargo.toml", "[workspace.dependencies]\nserde = \"1\"\n"),
            file("DEPS.md", ""),
            file("Dockerfile", "FROM x\n"),
            file("crates/tg-app/Cargo.toml", "[package]\nname = \"tg-app\"\n"),
            file("crates/tg-app/src/lib.rs", "pub fn f() {}\n"),
            file("crates/tg-core/src/clock.rs", "//! Clock.\nlet t = SystemTime::now();\n"),
            file("crates/tg-core/src/long.rs", &long),
            file("crates/tg-store/migrations/0002_a.sql", "-- TODO \n"),
            file("crates/tg-store/src/q.rs", "//! Q.\nformat!(\"SELECT {a}\");\ntodo!();\n"),
            file("crates/tg-net/src/n.rs", "//! N.\nlookup_host(x);\n"),
            file("docs/a.md", "/root/x\n"),
            file("docs/security.md", "| 1.1 | x | `a_test_that_is_gone` |\n"),
            file("tests/it/a.rs", "//! A.\nthread::sleep(d);\n"),
            File { path: "z.bin".to_owned(), bytes: 2 << 20, text: None },
        ];
        let found = check(&files);
        let mut rules: Vec<_> = found.iter().map(|finding| finding.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        let expected = [
            "container",
            "deps",
            "header",
            "large-file",
            "leftover",
            "logic-free",
            "long-file",
            "machine-path",
            "manifest",
            "migration",
            "port",
            "shown",
            "sleep",
            "sql",
            "stub",
            "unbounded",
            "white-space",
        ];
        assert_eq!(rules, expected);
    }

    #[test]
    fn exceptions_are_applied_and_their_file_is_checked() {
        let allow =
            "[[allow]]\nrule = \"header\"\npath = \"a.rs\"\nreason = \"made by a program\"\n";
        let files = [file("a.rs", "x\n"), file("xtask/tidy-allow.toml", allow)];
        assert_eq!(found(&files), [""; 0]);
        let files = [file("xtask/tidy-allow.toml", "allow = 1\n")];
        assert_eq!(found(&files).len(), 1);
    }
}
