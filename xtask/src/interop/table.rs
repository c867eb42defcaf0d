//! The outcomes as people read them: a table for each client, then what failed and what was not run.

use super::outcome::{Outcome, Totals, Verdict};

/// All of it, line by line.
pub(super) fn report(outcomes: &[Outcome]) -> Vec<String> {
    let mut lines = Vec::new();
    for client in distinct(outcomes.iter().map(|outcome| outcome.client.as_str())) {
        let own: Vec<_> = outcomes.iter().filter(|outcome| outcome.client == client).collect();
        lines.extend(table(client, &own));
        lines.push(String::new());
    }
    lines.extend(exceptions(outcomes, Verdict::Failed, "failed"));
    lines.extend(exceptions(outcomes, Verdict::NotRun, "not run"));
    lines.push(summary(Totals::of(outcomes)));
    lines
}

fn summary(totals: Totals) -> String {
    let run = totals.passed + totals.failed;
    let mut line = format!("interop: {} of {run} checks passed", totals.passed);
    if totals.failed > 0 {
        line.push_str(&format!(", {} failed", totals.failed));
    }
    if totals.not_run > 0 {
        line.push_str(&format!(", {} not run", totals.not_run));
    }
    line
}

/// A row per check, a column per transport, both in the order in which they were run.
fn table(client: &str, outcomes: &[&Outcome]) -> Vec<String> {
    // What is about a whole transport has no cell; it stands below with its reason.
    let cells: Vec<_> = outcomes.iter().filter(|outcome| outcome.check != "all").collect();
    let transports = distinct(cells.iter().map(|outcome| outcome.transport.as_str()));
    let checks = distinct(cells.iter().map(|outcome| outcome.check.as_str()));
    let cell = |check: &str, transport: &str| {
        let here = |outcome: &&&&Outcome| outcome.check == check && outcome.transport == transport;
        match cells.iter().find(here).map(|outcome| outcome.verdict) {
            Some(Verdict::Passed) => "ok",
            Some(Verdict::Failed) => "FAILED",
            Some(Verdict::NotRun) => "not run",
            None => "",
        }
    };
    let first = checks.iter().map(|name| name.len()).chain([client.len()]).max().unwrap_or(0);
    let row = |name: &str, of: &dyn Fn(&str) -> String| {
        let mut line = format!("{name:<first$}");
        for transport in &transports {
            let width = transport.len().max("not run".len());
            line.push_str(&format!("  {:<width$}", of(transport)));
        }
        line.trim_end().to_owned()
    };
    let mut lines = vec![row(client, &str::to_owned)];
    lines.extend(checks.iter().map(|check| row(check, &|t| cell(check, t).to_owned())));
    lines
}

fn exceptions(outcomes: &[Outcome], verdict: Verdict, word: &str) -> Vec<String> {
    let line = |outcome: &Outcome| {
        let Outcome { client, transport, check, reason, .. } = outcome;
        let reason = reason.as_deref().unwrap_or("no reason given");
        let where_ = if check == "all" { String::new() } else { format!(", {check}") };
        format!("{word}: {client}, {transport}{where_}: {reason}")
    };
    outcomes.iter().filter(|outcome| outcome.verdict == verdict).map(line).collect()
}

/// Each once, in the order of their first appearance.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::super::outcome::{Outcome, Verdict};
    use super::report;

    fn outcome(transport: &str, check: &str, verdict: Verdict, reason: Option<&str>) -> Outcome {
        Outcome {
            client: "client 1.0".to_owned(),
            transport: transport.to_owned(),
            check: check.to_owned(),
            verdict,
            reason: reason.map(ToOwned::to_owned),
        }
    }

    #[test]
    fn nothing_is_hidden() {
        let outcomes = [
            outcome("full", "connect", Verdict::Passed, None),
            outcome("full", "send", Verdict::Failed, Some("no line")),
            outcome("intermediate", "connect", Verdict::Passed, None),
            outcome("intermediate", "send", Verdict::NotRun, Some("no time")),
            outcome("http", "all", Verdict::NotRun, Some("TCP only")),
        ];
        let expected = [
            "client 1.0  full     intermediate",
            "connect     ok       ok",
            "send        FAILED   not run",
            "",
            "failed: client 1.0, full, send: no line",
            "not run: client 1.0, intermediate, send: no time",
            "not run: client 1.0, http: TCP only",
            "interop: 2 of 3 checks passed, 1 failed, 2 not run",
        ];
        assert_eq!(report(&outcomes), expected);
    }
}
