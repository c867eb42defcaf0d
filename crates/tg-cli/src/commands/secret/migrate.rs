//! `tg secret migrate`: secrets out of a plaintext file, into the vault.

use crate::args::secret::Migrate;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::input;
use crate::rewrite::Rewrite;
use crate::table::Table;
use crate::text::{clean, counted};
use crate::wire::{self, Need, Opened};
use secrecy::SecretString;
use serde::Serialize;
use std::collections::BTreeMap;
use tg_app::{Permission, migrate};
use tg_engine::home_steps::{HomeStep, reach};
use tg_security::plaintext::{Format, PlaintextError, Plan, plan, scan, without};
use tg_security::vault::SecretName;

/// The result for scripts.
#[derive(Serialize)]
struct Migrated {
    schema: &'static str,
    file: String,
    dry_run: bool,
    recognised: Vec<Moved>,
    left: Vec<Kept>,
    /// How many of the recognised the vault did not have yet.
    sealed: usize,
}

/// A value that was, or would be, sealed and taken out.
#[derive(Serialize)]
struct Moved {
    key: String,
    line: usize,
    name: String,
}

/// A value that may be a secret, and stays.
#[derive(Serialize)]
struct Kept {
    key: String,
    line: usize,
    reason: String,
}

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Migrate) -> Result<Exit, CliError> {
    let told = wire::with(context, async |open| {
        open.permit(Need::of(Permission::SecretMigrate, "secrets")).await?;
        taken_over(args, open).await
    })
    .await?;
    context.printer.result(&told, human)?;
    Ok(Exit::Done)
}

/// Seals what the file has, and takes it out; says what would be done if no more is asked for.
async fn taken_over(args: &Migrate, open: &Opened) -> Result<Migrated, CliError> {
    let file = Rewrite::open(&args.file)?;
    let format = args.format.map_or_else(|| of_name(args), |format| Ok(format.into()))?;
    let called: BTreeMap<String, SecretName> = args.called.iter().cloned().collect();
    let scalars = scan(format, file.text()).map_err(|error| unreadable(args, &error))?;
    let plan = plan(&scalars, &called);
    let mut told = told(args, &file, &plan);
    if !args.dry_run && !plan.recognised.is_empty() {
        let gone: Vec<_> = plan.recognised.iter().map(|found| found.scalar).collect();
        // Made first: a file that cannot be changed without harm is found before anything is sealed.
        let rest = without(format, file.text(), &gone).map_err(|error| unreadable(args, &error))?;
        let values = plan
            .recognised
            .iter()
            .map(|found| (found.name.clone(), SecretString::from(found.scalar.value.as_str())))
            .collect();
        let name = input::file_name(&args.file);
        told.sealed = migrate::migrate(&open.app, &open.actor, &name, values).await?;
        file.replace(&rest)?;
        reach(HomeStep::MigrateReplaced);
    }
    Ok(told)
}

fn of_name(args: &Migrate) -> Result<Format, CliError> {
    Format::of_name(&input::file_name(&args.file)).ok_or_else(|| {
        let message = format!("{}: its name does not say how it is written", args.file.display());
        CliError::new(Exit::Usage, "format", message).hint("say --format json, toml, yaml or env")
    })
}

fn unreadable(args: &Migrate, error: &PlaintextError) -> CliError {
    let message = format!("{} was left as it is: {error}", args.file.display());
    CliError::new(Exit::Failed, "plaintext", message)
        .hint("correct the file, or set its secrets one by one with `tg secret set`")
}

fn told(args: &Migrate, file: &Rewrite, plan: &Plan<'_>) -> Migrated {
    let text = file.text();
    Migrated {
        schema: "tg.secret_migrate/1",
        file: args.file.display().to_string(),
        dry_run: args.dry_run,
        recognised: plan
            .recognised
            .iter()
            .map(|found| Moved {
                key: found.scalar.place(),
                line: found.scalar.line(text),
                name: found.name.to_string(),
            })
            .collect(),
        left: plan
            .left
            .iter()
            .map(|left| Kept {
                key: left.scalar.place(),
                line: left.scalar.line(text),
                reason: left.reason.clone(),
            })
            .collect(),
        sealed: 0,
    }
}

fn human(told: &Migrated) -> String {
    let mut table = Table::new(["LINE", "KEY", "SECRET"]).right([0]);
    for moved in &told.recognised {
        table.row([moved.line.to_string(), moved.key.clone(), moved.name.clone()]);
    }
    let mut out = table.or("nothing in it is known as a secret");
    for kept in &told.left {
        out.push_str(&format!("\nleft: line {}, {}: {}", kept.line, clean(&kept.key), kept.reason));
    }
    if told.recognised.is_empty() {
        return out;
    }
    let number = u64::try_from(told.recognised.len()).unwrap_or(u64::MAX);
    let secrets = counted(number, "secret", "secrets");
    out.push_str(&if told.dry_run {
        format!("\n{secrets} would be sealed and taken out of {}", told.file)
    } else {
        format!(
            "\n{secrets} sealed, read back, and taken out of {}; nothing else in it was changed.\nWhat stood there \
in clear may be in backups and in version control: `tg secret rotate` what others could have read.",
            told.file
        )
    });
    out
}
