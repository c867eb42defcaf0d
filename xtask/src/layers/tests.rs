//! Made-up graphs against the drawing.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use super::check::check;
use super::drawing::{ARROWS, OPTIONAL, RESERVED, TEST_FEATURES, UNREACHABLE, matches};
use super::graph::{Crate, Dependency, Graph, Kind, from_metadata, from_tree};

fn dependency(name: &str, kind: Kind) -> Dependency {
    Dependency { name: name.to_owned(), kind, optional: false, features: Vec::new() }
}

fn krate(name: &str, dependencies: Vec<Dependency>) -> Crate {
    let manifest = format!("crates/{name}/Cargo.toml");
    Crate { name: name.to_owned(), manifest, dependencies, features: BTreeMap::new() }
}

/// All crates, one of them with this dependency, the others with none.
fn with(from: &str, dependency: Dependency) -> Graph {
    let mut dependency = Some(dependency);
    let crates = ARROWS.iter().map(|row| {
        let own = if row.from == from { dependency.take() } else { None };
        krate(row.from, own.into_iter().collect())
    });
    Graph { crates: crates.collect(), reached: BTreeMap::new() }
}

fn found(graph: &Graph) -> Vec<String> {
    check(graph).iter().map(|violation| format!("{}: {}", violation.file, violation.what)).collect()
}

fn fine(from: &str, to: &str, kind: Kind) -> bool {
    check(&with(from, dependency(to, kind))).is_empty()
}

#[test]
fn the_arrows_of_the_drawing_are_allowed_and_no_others() {
    let drawn = [
        "tg-app -> tg-core",
        "tg-app -> tg-engine",
        "tg-app -> tg-security",
        "tg-cli -> tg-app",
        "tg-cli -> tg-core",
        "tg-cli -> tg-engine",
        "tg-cli -> tg-net",
        "tg-cli -> tg-security",
        "tg-cli -> tg-server",
        "tg-cli -> tg-store",
        "tg-engine -> tg-core",
        "tg-net -> tg-core",
        "tg-security -> tg-core",
        "tg-server -> tg-app",
        "tg-server -> tg-core",
        "tg-store -> tg-core",
    ];
    let mut allowed = Vec::new();
    for from in ARROWS {
        for to in ARROWS {
            if from.from != to.from && fine(from.from, to.from, Kind::Normal) {
                allowed.push(format!("{} -> {}", from.from, to.from));
            }
        }
    }
    allowed.sort();
    assert_eq!(allowed, drawn);
}

#[test]
fn tests_may_reach_further_but_not_everywhere() {
    assert!(fine("tg-net", "tg-sim", Kind::Dev));
    assert!(fine("tg-engine", "tg-store", Kind::Dev));
    assert!(fine("tg-app", "tg-store", Kind::Dev));
    assert!(fine("tg-cli", "tg-sim", Kind::Dev));
    assert!(fine("tg-core", "tg-core", Kind::Dev), "a crate's tests may switch on its features");
    assert!(!fine("tg-security", "tg-store", Kind::Dev));
    assert!(!fine("tg-sim", "tg-core", Kind::Dev));
    assert!(!fine("tg-engine", "tg-net", Kind::Dev));
}

#[test]
fn a_build_script_is_product_code() {
    assert!(!fine("tg-engine", "tg-store", Kind::Build));
}

#[test]
fn a_violation_names_file_arrow_and_cure() {
    let graph = with("tg-app", dependency("tg-store", Kind::Normal));
    let text = check(&graph)[0].to_string();
    let expected = "crates/tg-app/Cargo.toml: tg-app -> tg-store in [dependencies] is not drawn\n    \
        let tg-core own a trait for what is needed, and tg-cli pass the adapter in";
    assert_eq!(text, expected);
}

#[test]
fn a_crate_without_a_place_is_a_violation() {
    let graph = Graph { crates: vec![krate("tg-new", Vec::new())], reached: BTreeMap::new() };
    assert_eq!(found(&graph), ["crates/tg-new/Cargo.toml: tg-new is not in the drawing"]);
}

#[test]
fn the_simulator_is_linked_behind_the_feature_demo_alone() {
    let graph = |optional: bool, features: &[(&str, &[&str])]| {
        let mut line = dependency("tg-sim", Kind::Normal);
        line.optional = optional;
        let mut graph = with("tg-cli", line);
        let cli = graph.crates.iter_mut().find(|krate| krate.name == "tg-cli").unwrap();
        let list = |entries: &[&str]| entries.iter().map(ToString::to_string).collect();
        cli.features =
            features.iter().map(|(name, entries)| ((*name).to_owned(), list(entries))).collect();
        found(&graph).len()
    };
    let demo = ("demo", ["dep:tg-sim"].as_slice());
    assert_eq!(graph(true, &[("default", &["demo"]), demo]), 0);
    assert_eq!(graph(false, &[demo]), 1);
    assert_eq!(graph(true, &[("sim", &["dep:tg-sim"])]), 1);
    assert_eq!(graph(true, &[demo, ("more", &["dep:tg-sim"])]), 1);
}

#[test]
fn helpers_for_tests_stay_out_of_the_product() {
    let graph = |kind| {
        let mut line = dependency("tg-core", kind);
        line.features.push("testing".to_owned());
        found(&with("tg-engine", line))
    };
    assert_eq!(graph(Kind::Dev), [""; 0]);
    let expected = "crates/tg-engine/Cargo.toml: tg-engine -> tg-core in [dependencies] \
        asks for the feature testing, which is for tests";
    assert_eq!(graph(Kind::Normal), [expected]);
}

#[test]
fn outside_crates_stay_with_their_owners() {
    for (from, external, kind, allowed) in [
        ("tg-store", "rusqlite", Kind::Normal, true),
        ("tg-store", "r2d2_sqlite", Kind::Normal, true),
        ("tg-cli", "rusqlite", Kind::Normal, false),
        ("tg-app", "r2d2", Kind::Dev, false),
        ("tg-net", "grammers-client", Kind::Normal, true),
        ("tg-sim", "grammers-mtproto", Kind::Normal, true),
        ("tg-engine", "grammers-tl-types", Kind::Normal, false),
        ("tg-net", "reqwest", Kind::Normal, true),
        ("tg-sim", "reqwest", Kind::Normal, false),
        ("tg-sim", "reqwest", Kind::Dev, true),
        ("tg-cli", "anyhow", Kind::Normal, true),
        ("tg-core", "anyhow", Kind::Normal, false),
        ("tg-core", "serde", Kind::Normal, true),
    ] {
        assert_eq!(fine(from, external, kind), allowed, "{from} -> {external} in {kind}");
    }
}

#[test]
fn the_core_reaches_no_runtime_through_others() {
    let mut graph = with("tg-core", dependency("serde", Kind::Normal));
    let reached = ["grammers-crypto", "serde", "tokio", "tokio-like"].map(str::to_owned);
    graph.reached = BTreeMap::from([("tg-core".to_owned(), BTreeSet::from(reached))]);
    let expected = [
        "crates/tg-core/Cargo.toml: tg-core reaches grammers-crypto, which it must compile without",
        "crates/tg-core/Cargo.toml: tg-core reaches tokio, which it must compile without",
    ];
    assert_eq!(found(&graph), expected);
}

#[test]
fn the_tables_speak_of_drawn_crates() {
    let drawn = |name: &str| ARROWS.iter().any(|row| row.from == name);
    assert!(ARROWS.iter().flat_map(|row| row.to.iter().chain(row.dev)).all(|name| drawn(name)));
    assert!(OPTIONAL.iter().all(|(from, to, _)| drawn(from) && drawn(to)));
    assert!(TEST_FEATURES.iter().all(|(owner, _)| drawn(owner)));
    assert!(RESERVED.iter().flat_map(|rule| rule.to).all(|name| drawn(name)));
    assert!(UNREACHABLE.iter().all(|(name, _)| drawn(name)));
}

#[test]
fn a_star_stands_for_all_that_begin_so() {
    assert!(matches("r2d2*", "r2d2") && matches("r2d2*", "r2d2_sqlite"));
    assert!(matches("clap", "clap") && !matches("clap", "clap_derive"));
}

#[test]
fn the_answers_of_cargo_are_read() {
    let json = r#"{"packages":[
        {"name":"b","manifest_path":"/r/crates/b/Cargo.toml","features":{"x":["dep:a"]},"dependencies":[
            {"name":"a","kind":null,"optional":true,"features":["f"],"path":"/r/crates/a"},
            {"name":"t","kind":"dev"},{"name":"c","kind":"build"}]},
        {"name":"a","manifest_path":"/r/crates/a/Cargo.toml","dependencies":[]}]}"#;
    let crates = from_metadata(json, "/r").unwrap();
    assert_eq!(crates[0].name, "a");
    assert_eq!(crates[1].manifest, "crates/b/Cargo.toml");
    let kinds: Vec<_> = crates[1].dependencies.iter().map(|line| line.kind).collect();
    assert_eq!(kinds, [Kind::Normal, Kind::Dev, Kind::Build]);
    assert!(crates[1].dependencies[0].optional);

    let tree = "tg-core v0.1.0 (/r)\nserde v1.0.2\nserde v1.0.2 (*)\n";
    assert_eq!(from_tree(tree), BTreeSet::from(["serde".to_owned(), "tg-core".to_owned()]));
}

#[test]
fn an_unknown_kind_is_an_error_not_a_guess() {
    let json = r#"{"packages":[{"name":"b","manifest_path":"/r/b","dependencies":[{"name":"a","kind":"new"}]}]}"#;
    let error = format!("{:#}", from_metadata(json, "/r").unwrap_err());
    assert!(error.contains("unknown dependency kind new"), "{error}");
}
