//! `tg inbox reply`: answers somebody who wrote.

use crate::args::inbox::Reply;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::wire::{self, Opened};
use std::time::Duration;
use tg_app::{inbox, json};

/// Between two looks at what became of it.
const LOOK: Duration = Duration::from_millis(200);

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Reply) -> Result<Exit, CliError> {
    let answer =
        inbox::NewAnswer { who: &args.who, text: &args.text, account: args.account.as_deref() };
    let wait = args.wait.map(|span| span.0);
    let reply = wire::with(context, async |open| {
        let reply = inbox::reply(&open.app, &open.actor, answer).await?;
        match wait {
            Some(wait) => until_ended(open, reply, wait).await,
            None => Ok(reply),
        }
    })
    .await?;
    context.printer.result(&reply, human)?;
    Ok(match reply.outcome {
        "sent" => Exit::Done,
        "pending" if wait.is_none() => Exit::Done,
        "pending" => Exit::Remote,
        _ => Exit::Failed,
    })
}

/// Waits until the engine has ended it, or the time is up.
async fn until_ended(
    open: &Opened,
    mut reply: json::Reply,
    wait: Duration,
) -> Result<json::Reply, CliError> {
    let deadline = open.app.clock.now() + wait;
    while reply.outcome == "pending" && open.app.clock.now() < deadline {
        open.app.clock.sleep(LOOK).await;
        reply = inbox::reply_status(&open.app, &open.actor, reply.reply).await?;
    }
    Ok(reply)
}

fn human(reply: &json::Reply) -> String {
    let (account, user) = (&reply.account, reply.user_id);
    match (reply.outcome, &reply.reason) {
        ("sent", _) => format!("sent to user {user} through account {account}"),
        ("pending", _) => {
            format!("recorded: account {account} sends it to user {user} as soon as `tg run` runs")
        }
        (outcome, Some(reason)) => format!("{outcome} ({reason}): user {user}, account {account}"),
        (outcome, None) => format!("{outcome}: user {user}, account {account}"),
    }
}
