//! Runs the steps, says what each took, and stops at the first that fails.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::steps::{Action, Step, Tools, plan};
use super::tally::Tally;
use crate::shell::say;

/// Options of `cargo xtask ci`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run this step alone; may be given more than once
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// List the steps and what each is for, and run nothing
    #[arg(long, conflicts_with = "only")]
    list: bool,
}

/// What became of a step.
#[derive(Debug)]
struct Outcome {
    name: &'static str,
    took: Duration,
    /// More about a step that passed, such as the number of tests.
    note: Option<String>,
    /// Why it was not run, if it was not.
    missing: Option<&'static str>,
}

/// Runs the steps that `args` ask for.
///
/// # Errors
/// The first step that fails, with the command that repeats it; or a step that does not exist.
pub(crate) fn run(args: &Args) -> Result<()> {
    let scratch = tempfile::tempdir().context("no temporary folder for the demo")?;
    let steps = chosen(plan(Tools::here(), &scratch.path().join("home")), &args.only)?;
    if args.list {
        for step in &steps {
            say(&format!("{:<8} {}", step.name, step.why));
        }
        return Ok(());
    }
    let start = Instant::now();
    let mut outcomes = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        say(&format!("── {}/{} {}: {}", index + 1, steps.len(), step.name, step.why));
        outcomes.push(perform(step)?);
    }
    say("");
    recap(&outcomes, start.elapsed()).iter().for_each(|line| say(line));
    Ok(())
}

fn chosen(steps: Vec<Step>, only: &[String]) -> Result<Vec<Step>> {
    let names: Vec<_> = steps.iter().map(|step| step.name).collect();
    if let Some(unknown) = only.iter().find(|name| !names.contains(&name.as_str())) {
        bail!("there is no step {unknown}; the steps are {}", names.join(", "));
    }
    let wanted = |step: &Step| only.is_empty() || only.iter().any(|name| name == step.name);
    Ok(steps.into_iter().filter(wanted).collect())
}

fn perform(step: &Step) -> Result<Outcome> {
    let start = Instant::now();
    let mut tally = Tally::default();
    let mut missing = None;
    match &step.action {
        Action::Commands(commands) => {
            for command in commands {
                say(&format!("   {command}"));
                command
                    .run(|line| tally.feed(line))
                    .with_context(|| failed(step.name, start.elapsed()))?;
            }
        }
        Action::Own(task) => task().with_context(|| failed(step.name, start.elapsed()))?,
        Action::NotHere(reason) => missing = Some(*reason),
    }
    let outcome =
        Outcome { name: step.name, took: start.elapsed(), note: tally.summary(), missing };
    say(&format!("   {}", verdict(&outcome)));
    Ok(outcome)
}

fn failed(name: &str, after: Duration) -> String {
    format!(
        "step {name} failed after {}\n  to repeat it alone: cargo xtask ci --only {name}\n  cause",
        seconds(after)
    )
}

fn verdict(outcome: &Outcome) -> String {
    match (outcome.missing, &outcome.note) {
        (Some(reason), _) => format!("not run: {reason}"),
        (None, Some(note)) => format!("passed in {} ({note})", seconds(outcome.took)),
        (None, None) => format!("passed in {}", seconds(outcome.took)),
    }
}

/// A line per step and one on all of them.
fn recap(outcomes: &[Outcome], took: Duration) -> Vec<String> {
    let mut lines: Vec<_> = outcomes
        .iter()
        .map(|outcome| format!("{:<8} {}", outcome.name, verdict(outcome)))
        .collect();
    let missing: Vec<_> = outcomes.iter().filter(|step| step.missing.is_some()).collect();
    let passed = outcomes.len() - missing.len();
    let mut last = format!("ci: {passed} of {} steps passed", outcomes.len());
    if !missing.is_empty() {
        let names: Vec<_> = missing.iter().map(|step| step.name).collect();
        last.push_str(&format!(", not run: {}", names.join(", ")));
    }
    last.push_str(&format!(", in {}", seconds(took)));
    lines.push(last);
    lines
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::{Action, Outcome, Step, chosen, perform, recap};
    use crate::shell::Cmd;

    fn step(name: &'static str, action: Action) -> Step {
        Step { name, why: "a test", action }
    }

    fn sh(script: &str) -> Action {
        Action::Commands(vec![Cmd::new("sh", &["-c", script])])
    }

    #[test]
    fn a_failure_names_the_step_and_how_to_repeat_it() {
        let error = perform(&step("clippy", sh("exit 7"))).unwrap_err();
        let text = format!("{error:#}");
        assert!(text.starts_with("step clippy failed after "), "{text}");
        assert!(text.contains("cargo xtask ci --only clippy"), "{text}");
        assert!(text.contains("`sh -c 'exit 7'` ended with exit status: 7"), "{text}");
    }

    #[test]
    fn a_step_stops_at_its_first_failing_command() {
        let folder = tempfile::tempdir().unwrap();
        let mark = folder.path().join("mark");
        let touch = Cmd::new("touch", &[mark.to_str().unwrap()]);
        let commands = vec![Cmd::new("sh", &["-c", "exit 1"]), touch];
        perform(&step("test", Action::Commands(commands))).unwrap_err();
        assert!(!mark.exists());
    }

    #[test]
    fn the_number_of_tests_is_kept() {
        let script = "echo '     Summary [   0.5s] 2 tests run: 2 passed, 0 skipped' >&2";
        let outcome = perform(&step("test", sh(script))).unwrap();
        assert_eq!(outcome.note.as_deref(), Some("2 tests run: 2 passed, 0 skipped"));
    }

    #[test]
    fn only_what_was_asked_for_is_run_in_the_order_of_the_plan() {
        let steps = || ["a", "b", "c"].map(|name| step(name, sh("true"))).into();
        let names = |only: &[&str]| {
            let only: Vec<_> = only.iter().map(ToString::to_string).collect();
            chosen(steps(), &only).map(|found| found.iter().map(|s| s.name).collect::<String>())
        };
        assert_eq!(names(&[]).unwrap(), "abc");
        assert_eq!(names(&["c", "a"]).unwrap(), "ac");
        let error = names(&["x"]).unwrap_err().to_string();
        assert_eq!(error, "there is no step x; the steps are a, b, c");
    }

    #[test]
    fn the_recap_hides_nothing() {
        let outcome = |name, note: Option<&str>, missing| Outcome {
            name,
            took: Duration::from_millis(1500),
            note: note.map(ToOwned::to_owned),
            missing,
        };
        let outcomes = [
            outcome("fmt", None, None),
            outcome("test", Some("2 tests run"), None),
            outcome("deny", None, Some("cargo-deny is not installed")),
        ];
        let expected = [
            "fmt      passed in 1.5 s",
            "test     passed in 1.5 s (2 tests run)",
            "deny     not run: cargo-deny is not installed",
            "ci: 2 of 3 steps passed, not run: deny, in 60.0 s",
        ];
        assert_eq!(recap(&outcomes, Duration::from_mins(1)), expected);
    }
}
