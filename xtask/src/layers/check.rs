//! Compares the graph with the drawing: a pure function, so that made-up graphs can test it.

use std::collections::BTreeSet;
use std::fmt;

use super::drawing::{ARROWS, OPTIONAL, RESERVED, TEST_FEATURES, UNREACHABLE, matches};
use super::graph::{Crate, Dependency, Graph, Kind};

/// A dependency that the drawing does not allow.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Violation {
    /// The manifest to edit, relative to the root.
    pub(super) file: String,
    /// Which arrow, and what is wrong with it.
    pub(super) what: String,
    /// What to do instead.
    pub(super) cure: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    {}", self.file, self.what, self.cure)
    }
}

/// All violations, by manifest and in its order.
pub(super) fn check(graph: &Graph) -> Vec<Violation> {
    let ours: BTreeSet<&str> = graph.crates.iter().map(|krate| krate.name.as_str()).collect();
    let mut found = Vec::new();
    for krate in &graph.crates {
        for dependency in &krate.dependencies {
            if ours.contains(dependency.name.as_str()) {
                found.extend(arrow(krate, dependency));
                found.extend(optional(krate, dependency));
                found.extend(test_feature(krate, dependency));
            } else {
                found.extend(reserved(krate, dependency));
            }
        }
        if !ARROWS.iter().any(|row| row.from == krate.name) {
            found.push(violation(
                krate,
                format!("{} is not in the drawing", krate.name),
                "give it a place in ARCHITECTURE.md and a row in xtask/src/layers/drawing.rs",
            ));
        }
        found.extend(unreachable(graph, krate));
    }
    found
}

fn violation(krate: &Crate, what: String, cure: impl Into<String>) -> Violation {
    Violation { file: krate.manifest.clone(), what, cure: cure.into() }
}

fn shown(krate: &Crate, dependency: &Dependency) -> String {
    format!("{} -> {} in {}", krate.name, dependency.name, dependency.kind)
}

/// Is the arrow drawn?
fn arrow(krate: &Crate, dependency: &Dependency) -> Option<Violation> {
    let row = ARROWS.iter().find(|row| row.from == krate.name)?;
    let name = dependency.name.as_str();
    let drawn = row.to.contains(&name)
        || dependency.kind == Kind::Dev && (row.dev.contains(&name) || row.from == name);
    (!drawn).then(|| {
        let cure = if krate.name == "tg-sim" {
            "the simulator shares no code with what it judges: write what it needs in tg-sim"
        } else if name == "tg-sim" {
            "only tg-cli (feature demo) and the tests of tg-net may name the simulator"
        } else {
            "let tg-core own a trait for what is needed, and tg-cli pass the adapter in"
        };
        violation(krate, format!("{} is not drawn", shown(krate, dependency)), cure)
    })
}

/// Is an arrow that a feature has to switch on really behind that feature alone?
fn optional(krate: &Crate, dependency: &Dependency) -> Option<Violation> {
    let (from, to, feature) = OPTIONAL.iter().find(|(from, to, _)| {
        dependency.kind != Kind::Dev && *from == krate.name && *to == dependency.name
    })?;
    let switch = |entry: &String| *entry == format!("dep:{to}") || entry == to;
    let behind: Vec<_> =
        krate.features.iter().filter(|(_, list)| list.iter().any(switch)).map(|(n, _)| n).collect();
    let proper = dependency.optional && behind == [feature];
    (!proper).then(|| {
        violation(
            krate,
            format!("{} is not behind the feature {feature} alone", shown(krate, dependency)),
            format!("write `{to} = {{ workspace = true, optional = true }}` and `{feature} = [\"dep:{to}\"]` in the manifest of {from}"),
        )
    })
}

/// Are helpers for tests kept out of the product?
fn test_feature(krate: &Crate, dependency: &Dependency) -> Option<Violation> {
    let (owner, feature) = TEST_FEATURES.iter().find(|(owner, feature)| {
        dependency.kind != Kind::Dev
            && *owner == dependency.name
            && dependency.features.iter().any(|asked| asked == feature)
    })?;
    Some(violation(
        krate,
        format!("{} asks for the feature {feature}, which is for tests", shown(krate, dependency)),
        format!(
            "ask for it in [dev-dependencies]: `{owner} = {{ workspace = true, features = [\"{feature}\"] }}`"
        ),
    ))
}

/// Does an outside crate stay with its owner?
fn reserved(krate: &Crate, dependency: &Dependency) -> Option<Violation> {
    let rule = RESERVED.iter().find(|rule| matches(rule.external, &dependency.name))?;
    let free = rule.free_in_tests && dependency.kind == Kind::Dev;
    (!free && !rule.to.contains(&krate.name.as_str())).then(|| {
        let owners = rule.to.join(" and ");
        let what = format!("{}, but {} is for {owners}", shown(krate, dependency), dependency.name);
        violation(krate, what, rule.because)
    })
}

/// Does a crate reach, through whatever path, what it must do without?
fn unreachable(graph: &Graph, krate: &Crate) -> Vec<Violation> {
    let reached = graph.reached.get(&krate.name).into_iter().flatten();
    let banned = UNREACHABLE.iter().filter(|(name, _)| *name == krate.name);
    let patterns: Vec<_> = banned.flat_map(|(_, patterns)| *patterns).collect();
    reached
        .filter(|name| patterns.iter().any(|pattern| matches(pattern, name)))
        .map(|name| {
            let krate_name = &krate.name;
            violation(
                krate,
                format!("{krate_name} reaches {name}, which it must compile without"),
                format!("see the path with `cargo tree -p {krate_name} -e normal,build --all-features -i {name}` and cut it"),
            )
        })
        .collect()
}
