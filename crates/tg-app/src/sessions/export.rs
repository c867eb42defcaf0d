//! Handing a session to another program.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::named;
use crate::permissions::Permission;
use secrecy::SecretString;
use std::sync::Arc;
use tg_core::foreign::SessionFormat;
use tg_security::{CarriedAccount, SealedSessions, pyrogram_string, seal_export, telethon_string};
use zeroize::Zeroizing;

/// In which form a session is handed out.
#[derive(Debug)]
pub enum ExportForm {
    /// As Telethon's `StringSession` takes it.
    Telethon,
    /// As Pyrogram and kurigram take it.
    Pyrogram {
        /// The application's number, which they keep with the session.
        api_id: u32,
    },
    /// For another home, under a passphrase.
    Sealed(SecretString),
}

impl ExportForm {
    /// Its format.
    #[must_use]
    pub const fn format(&self) -> SessionFormat {
        match self {
            Self::Telethon => SessionFormat::TelethonString,
            Self::Pyrogram { .. } => SessionFormat::PyrogramString,
            Self::Sealed(_) => SessionFormat::Sealed,
        }
    }
}

/// An account's session as text. Whoever has it is signed in as the account, except for the sealed
/// form without its passphrase; the audit log keeps who took it out, and how.
///
/// # Errors
/// If there is no such account, it has no session, or the form cannot say it.
pub async fn export(
    app: &App,
    actor: &Actor,
    name: &str,
    form: ExportForm,
) -> Result<Zeroizing<String>, AppError> {
    let act = Act::begin(app, actor, Permission::AccountExport, "account", Some(name)).await?;
    let name = named::slug(name)?;
    let (sealer, entropy) = (Arc::clone(&app.sealer), Arc::clone(&app.entropy));
    let format = form.format();
    let (name, phone, session) = act
        .write(move |unit, _| {
            let account = named::account(unit, &name)?;
            let Some(record) = unit.session(account.id)? else {
                return Err(AppError::failed(
                    "no_session",
                    format!("the account \"{name}\" has no session"),
                ));
            };
            let session = SealedSessions::open(&sealer, account.id, &record)?;
            Ok(((name, account.phone, session), format!("as {}", format.as_str())))
        })
        .await?;
    let failed = |error: &dyn std::fmt::Display| {
        AppError::failed("session_export", format!("the session cannot be written: {error}"))
    };
    match form {
        ExportForm::Telethon => telethon_string(&session).map_err(|error| failed(&error)),
        ExportForm::Pyrogram { api_id } => {
            pyrogram_string(&session, api_id).map_err(|error| failed(&error))
        }
        ExportForm::Sealed(passphrase) => {
            let account = CarriedAccount { name, phone, session };
            seal_export(&account, &passphrase, entropy.as_ref())
                .map(Zeroizing::new)
                .map_err(|error| failed(&error))
        }
    }
}
