//! `tg account remove`: takes an account out of the home.

use super::show::human;
use crate::args::account::Remove;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::guests;
use crate::wire::Need;
use secrecy::SecretString;
use tg_app::{Permission, removal};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Remove) -> Result<Exit, CliError> {
    let need = Need::of(Permission::AccountRemove, "account").named(&args.name);
    let detail = guests::with(context, need, async |opened, loans| {
        // Signing out does not ask for the application's hash.
        let desk = opened.desk(&context.config, SecretString::from(String::new()));
        let desk = (!args.keep_session).then_some(&*desk);
        Ok(removal::remove(&opened.app, &opened.actor, desk, loans, &args.name).await?)
    })
    .await?;
    context.printer.result(&detail, human)?;
    Ok(Exit::Done)
}
