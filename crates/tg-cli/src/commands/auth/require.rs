//! `tg auth require`: whether every command needs a key or a sign-in.

use crate::args::auth::{Require, Switch};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::source;
use crate::typed;
use crate::wire;
use secrecy::ExposeSecret;
use tg_app::{auth, json};
use tg_security::{MasterKey, Sealer};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Require) -> Result<Exit, CliError> {
    let on = args.switch == Switch::On;
    let configured = context.config.auth_required.value.0;
    let now = if args.with_master_key {
        if on {
            let message = "the master key is needed for switching it off alone";
            return Err(CliError::new(Exit::Usage, "usage", message));
        }
        context.home.require()?;
        let text = typed::either("master key")?;
        let proof =
            Sealer::new(&MasterKey::from_env_value("what was typed", text.expose_secret())?);
        wire::at_the_door(context, async |open| {
            let source = source::of_this_process();
            Ok(auth::require_off_as_owner(&open.app, &source, proof, configured).await?)
        })
        .await?
    } else {
        wire::with(context, async |open| {
            Ok(auth::require(&open.app, &open.actor, on, configured).await?)
        })
        .await?
    };
    context.printer.result(&now, human)?;
    Ok(Exit::Done)
}

fn human(now: &json::AuthRequired) -> String {
    let said = if now.required {
        "every command needs a key or a sign-in from now on"
    } else {
        "whoever may read this home's files is its admin from now on"
    };
    said.to_owned()
}
