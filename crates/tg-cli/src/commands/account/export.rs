//! `tg account export`: takes an account's session out.

use crate::args::account::{Export, ExportFormat};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::typed;
use crate::wire::{self, Need};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use tg_app::Permission;
use tg_app::json::AccountExport;
use tg_app::sessions::{self, ExportForm};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Export) -> Result<Exit, CliError> {
    let (format, session) = wire::with(context, async |open| {
        open.permit(Need::of(Permission::AccountExport, "account").named(&args.name)).await?;
        let form = match args.format {
            ExportFormat::TelethonString => ExportForm::Telethon,
            ExportFormat::PyrogramString => ExportForm::Pyrogram {
                // Simulated data centres take any application.
                api_id: context.config.api_id.value.map_or(0, |id| id.0.unsigned_abs()),
            },
            ExportFormat::Sealed => ExportForm::Sealed(typed::either("new passphrase")?),
        };
        let format = form.format().as_str();
        Ok((format, sessions::export(&open.app, &open.actor, &args.name, form).await?))
    })
    .await?;
    let mut done = AccountExport {
        schema: "tg.account_export/1",
        account: args.name.clone(),
        format,
        file: None,
        session: None,
    };
    match &args.to {
        Some(file) => {
            write(file, &session).map_err(|error| {
                CliError::new(
                    Exit::Failed,
                    "unwritable",
                    format!("cannot write {}", file.display()),
                )
                .because(&error)
                .hint("the file must not exist yet")
            })?;
            done.file = Some(file.display().to_string());
        }
        None => done.session = Some(session.to_string()),
    }
    context.printer.result(&done, |done| match (&done.session, &done.file) {
        (Some(session), _) => session.clone(),
        (None, file) => format!("{} is in {}", done.account, file.as_deref().unwrap_or_default()),
    })?;
    context.printer.note(
        "whoever has this session is signed in as the account; never use it here and elsewhere at the same time",
    );
    Ok(Exit::Done)
}

/// A new file, from its first byte on for its owner only.
fn write(file: &Path, session: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut out = options.open(file)?;
    writeln!(out, "{session}")?;
    out.sync_all()
}
