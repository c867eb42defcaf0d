//! `tg doctor`: what is wrong with this installation, and what to do.

use crate::context::Context;
use crate::doctor;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::clean;
use tg_app::json;

/// Runs the verb.
pub(super) async fn run(context: &Context) -> Result<Exit, CliError> {
    let home = context.home.dir().display().to_string();
    let found = json::Doctor::new(home, doctor::look(context).await?);
    context.printer.result(&found, human)?;
    Ok(if found.ok { Exit::Done } else { Exit::Failed })
}

fn human(found: &json::Doctor) -> String {
    if found.findings.is_empty() {
        return format!("nothing is wrong with the home in {}", found.home);
    }
    found
        .findings
        .iter()
        .map(|finding| {
            let (severity, check) = (finding.severity.as_str(), finding.check);
            format!("{severity}: {check}: {}\n  {}", clean(&finding.message), clean(&finding.hint))
        })
        .collect::<Vec<_>>()
        .join("\n")
}
