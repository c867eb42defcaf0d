//! `tg config show`: the settings that hold, and who said so.

use crate::args::home::Show;
use crate::context::Context;
use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use serde::Serialize;

#[derive(Serialize)]
struct Shown {
    schema: &'static str,
    home: String,
    values: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    key: String,
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Show) -> Result<Exit, CliError> {
    super::permitted(context).await?;
    let line = |entry: crate::config::Entry| Line {
        key: entry.key.to_owned(),
        value: entry.value,
        origin: args.origin.then(|| entry.origin.to_string()),
    };
    // What the vault has is a matter of `tg secret list`, which needs the master key.
    let secrets = env::overridden_secrets().into_iter().map(|(name, variable)| Line {
        key: name.to_string(),
        value: Some("(secret)".to_owned()),
        origin: args.origin.then(|| variable.to_owned()),
    });
    let shown = Shown {
        schema: "tg.config/1",
        home: context.home.dir().display().to_string(),
        values: context.config.entries().into_iter().map(line).chain(secrets).collect(),
    };
    context.printer.result(&shown, |shown| human(shown, args.origin))?;
    Ok(Exit::Done)
}

fn human(shown: &Shown, origin: bool) -> String {
    let value = |line: &Line| line.value.clone().unwrap_or_else(|| "(not set)".to_owned());
    let table = if origin {
        let mut table = Table::new(["SETTING", "VALUE", "FROM"]);
        for line in &shown.values {
            table.row([line.key.clone(), value(line), line.origin.clone().unwrap_or_default()]);
        }
        table
    } else {
        let mut table = Table::new(["SETTING", "VALUE"]);
        for line in &shown.values {
            table.row([line.key.clone(), value(line)]);
        }
        table
    };
    format!("home: {}\n{}", shown.home, table.or(""))
}
