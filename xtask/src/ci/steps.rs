//! The steps of `cargo xtask ci`, as data: what each is for and what it runs.

use std::path::Path;

use crate::shell::{Cmd, works};

/// One step, in the order of [`plan`].
#[derive(Debug)]
pub(super) struct Step {
    /// The name for `--only`.
    pub(super) name: &'static str,
    /// What it proves, for `--list`.
    pub(super) why: &'static str,
    /// What it does.
    pub(super) action: Action,
}

/// What a step does.
#[derive(Debug)]
pub(super) enum Action {
    /// These commands, one after the other.
    Commands(Vec<Cmd>),
    /// A task of our own, in this process.
    Own(fn() -> anyhow::Result<()>),
    /// Nothing: why it cannot be run on this machine.
    NotHere(&'static str),
}

/// Programs that make a difference to the plan.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tools {
    pub(super) nextest: bool,
    pub(super) deny: bool,
}

impl Tools {
    /// Looks for the programs.
    pub(super) fn here() -> Self {
        Self {
            nextest: works("cargo", &["nextest", "--version"]),
            deny: works("cargo", &["deny", "--version"]),
        }
    }
}

/// All steps, cheap ones first; `home` is an empty folder for the demo.
///
/// Whatever resolves dependencies is told `--locked`: CI builds what Cargo.lock says, or fails.
pub(super) fn plan(tools: Tools, home: &Path) -> Vec<Step> {
    let mut steps = quick();
    steps.extend(tests(tools));
    steps.extend(product(home));
    steps.push(deny(tools));
    steps
}

fn cargo(name: &'static str, why: &'static str, args: &str) -> Step {
    Step { name, why, action: Action::Commands(vec![Cmd::cargo(args)]) }
}

fn quick() -> Vec<Step> {
    vec![
        cargo("lock", "Cargo.lock fits the manifests", "tree --locked --package xtask --depth 0"),
        cargo("fmt", "the code is formatted", "fmt --all --check"),
        Step {
            name: "layers",
            why: "no dependency that the architecture does not draw",
            action: Action::Own(crate::layers::run),
        },
        Step { name: "tidy", why: "the house rules", action: Action::Own(crate::tidy::run) },
        cargo(
            "clippy",
            "no warning from compiler or clippy, tests included",
            "clippy --locked --workspace --all-targets -- -D warnings",
        ),
    ]
}

fn tests(tools: Tools) -> Vec<Step> {
    // One build for programs and tests: the tests start `tg` and `tg-sim`, which a test runner
    // alone would leave as they were, and built separately they might differ in features.
    let build = Cmd::cargo("build --locked --workspace --bins --tests");
    let run = if tools.nextest {
        Cmd::cargo("nextest run --locked --workspace")
    } else {
        Cmd::cargo("test --locked --workspace --bins --lib --tests")
    };
    vec![
        Step {
            name: "test",
            why: "all tests, with the programs they start",
            action: Action::Commands(vec![build, run]),
        },
        Step {
            name: "chaos",
            why: "the engine, killed again and again in a short campaign, sends to everybody once",
            action: Action::Own(crate::chaos::short),
        },
        cargo("doctest", "the examples in the documentation", "test --locked --workspace --doc"),
        Step {
            name: "doc",
            why: "the documentation builds and its links lead somewhere",
            action: Action::Commands(vec![
                Cmd::cargo("doc --locked --workspace --no-deps").env("RUSTDOCFLAGS", "-Dwarnings"),
            ]),
        },
    ]
}

fn product(home: &Path) -> Vec<Step> {
    vec![
        cargo(
            "lean",
            "`tg` builds as it is released, without the demo",
            "check --locked -p tg-cli --bins --no-default-features",
        ),
        cargo("release", "the optimised build", "build --locked --release -p tg-cli"),
        Step {
            name: "reference",
            why: "the reference of commands is what the program says",
            action: Action::Own(crate::reference::check),
        },
        Step {
            name: "demo",
            why: "the optimised program runs a whole campaign against the simulator",
            action: Action::Commands(vec![
                Cmd::cargo("run --locked --release --quiet -p tg-cli --bin tg -- demo")
                    .env("TG_HOME", home),
            ]),
        },
    ]
}

fn deny(tools: Tools) -> Step {
    Step {
        name: "deny",
        why: "licences, sources and duplicates (advisories need a network: nightly)",
        action: if tools.deny {
            Action::Commands(vec![Cmd::cargo("deny --locked check bans licenses sources")])
        } else {
            Action::NotHere("cargo-deny is not installed")
        },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::{Action, Step, Tools, plan};

    const ALL: Tools = Tools { nextest: true, deny: true };
    const NONE: Tools = Tools { nextest: false, deny: false };

    fn steps(tools: Tools) -> Vec<Step> {
        plan(tools, Path::new("home"))
    }

    fn shown(tools: Tools, name: &str) -> Vec<String> {
        let found = steps(tools).into_iter().find(|step| step.name == name);
        match found.map(|step| step.action) {
            Some(Action::Commands(commands)) => commands.iter().map(ToString::to_string).collect(),
            other => vec![format!("{other:?}")],
        }
    }

    #[test]
    fn names_are_unique_and_fit_the_command_line() {
        let names: Vec<_> = steps(ALL).iter().map(|step| step.name).collect();
        let distinct: BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase())));
    }

    #[test]
    fn every_command_that_resolves_dependencies_is_locked() {
        for tools in [ALL, NONE] {
            for step in steps(tools) {
                let Action::Commands(commands) = step.action else { continue };
                for command in commands {
                    let locked = command.args().iter().any(|arg| arg == "--locked");
                    assert!(locked || step.name == "fmt", "{command}");
                }
            }
        }
    }

    #[test]
    fn the_programs_are_built_before_the_tests_that_start_them() {
        let commands = shown(ALL, "test");
        assert!(commands[0].starts_with("cargo build ") && commands[0].contains("--bins"));
        assert!(commands[1].starts_with("cargo nextest run "));
        assert!(shown(NONE, "test")[1].starts_with("cargo test "));
    }

    #[test]
    fn without_cargo_deny_the_step_says_so() {
        let step = shown(NONE, "deny").join("");
        assert!(step.contains("cargo-deny is not installed"), "{step}");
        assert_eq!(shown(ALL, "deny"), ["cargo deny --locked check bans licenses sources"]);
    }

    #[test]
    fn the_demo_gets_a_home_of_its_own() {
        assert!(shown(ALL, "demo")[0].starts_with("TG_HOME=home cargo run "));
    }
}
