//! `tg config validate`: every fault of the settings, with its line.

use crate::config::{Fault, faults};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::clean;
use serde::Serialize;

#[derive(Serialize)]
struct Validated {
    schema: &'static str,
    file: String,
    ok: bool,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct Problem {
    line: Option<usize>,
    key: String,
    message: String,
}

/// Runs the verb.
pub(crate) async fn run(context: &Context) -> Result<Exit, CliError> {
    super::permitted(context).await?;
    let path = context.home.config();
    let problems: Vec<Problem> = faults(&path)?.into_iter().map(Problem::from).collect();
    let validated = Validated {
        schema: "tg.config_validate/1",
        file: path.display().to_string(),
        ok: problems.is_empty(),
        problems,
    };
    context.printer.result(&validated, human)?;
    Ok(if validated.ok { Exit::Done } else { Exit::Failed })
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self { line: fault.line, key: fault.key, message: fault.message }
    }
}

/// `FILE:LINE: KEY: MESSAGE`, which editors understand.
fn human(validated: &Validated) -> String {
    if validated.ok {
        return format!("{}: no faults", validated.file);
    }
    let told = |problem: &Problem| {
        let place =
            problem.line.map_or_else(String::new, |line| format!("{}:{line}: ", validated.file));
        let key = if problem.key.is_empty() { String::new() } else { format!("{}: ", problem.key) };
        format!("{place}{}", clean(&format!("{key}{}", problem.message)))
    };
    validated.problems.iter().map(told).collect::<Vec<_>>().join("\n")
}
