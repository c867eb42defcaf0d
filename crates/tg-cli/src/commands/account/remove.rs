//! `tg account remove`: takes an account out of the home.

use super::show::human;
use crate::args::account::Remove;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire::{self, Need};
use secrecy::SecretString;
use tg_app::{Permission, removal};

/// Runs the verb. A session must not be open twice, so that no engine may run.
pub(crate) async fn run(context: &Context, args: &Remove) -> Result<Exit, CliError> {
    let need = Need::of(Permission::AccountRemove, "account").named(&args.name);
    let detail = wire::alone(context, need, async |opened| {
        // Signing out does not ask for the application's hash.
        let desk = opened.desk(&context.config, SecretString::from(String::new()));
        let desk = (!args.keep_session).then_some(&*desk);
        Ok(removal::remove(&opened.app, &opened.actor, desk, &args.name).await?)
    })
    .await?;
    context.printer.result(&detail, human)?;
    Ok(Exit::Done)
}
