//! `tg campaign test`: the message, to the sending account itself.

use crate::args::campaign::Test;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::{clean, counted};
use crate::wire::{self, Need, Opened};
use std::time::Duration;
use tg_app::Permission;
use tg_app::campaigns::{self, NewTest};
use tg_app::json::{self, Reply};

/// Between two looks at what became of it.
const LOOK: Duration = Duration::from_millis(200);

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Test) -> Result<Exit, CliError> {
    let new = NewTest {
        campaign: &args.name,
        contact: args.contact.as_deref(),
        account: args.account.as_deref(),
    };
    let wait = args.wait.map(|span| span.0);
    let test = wire::with(context, async |open| {
        open.permit(Need::of(Permission::CampaignTest, "campaign").named(&args.name)).await?;
        let key = open.id_key().await?;
        let test = campaigns::test(&open.app, &open.actor, new, key).await?;
        match wait {
            Some(wait) => until_ended(open, test, wait).await,
            None => Ok(test),
        }
    })
    .await?;
    context.printer.result(&test, human)?;
    let any = |outcome: &str| test.messages.iter().any(|message| message.outcome == outcome);
    Ok(
        match (
            any("pending"),
            test.messages.iter().all(|m| matches!(m.outcome, "sent" | "pending")),
        ) {
            (_, false) => Exit::Failed,
            (true, true) if wait.is_some() => Exit::Remote,
            _ => Exit::Done,
        },
    )
}

/// Waits until the engine has ended all of it, or the time is up.
async fn until_ended(
    open: &Opened,
    mut test: json::TestSend,
    wait: Duration,
) -> Result<json::TestSend, CliError> {
    let deadline = open.app.clock.now() + wait;
    let pending = |test: &json::TestSend| test.messages.iter().any(|m| m.outcome == "pending");
    while pending(&test) && open.app.clock.now() < deadline {
        open.app.clock.sleep(LOOK).await;
        test = campaigns::test_status(&open.app, &open.actor, test).await?;
    }
    Ok(test)
}

fn human(test: &json::TestSend) -> String {
    let count = u64::try_from(test.messages.len()).unwrap_or(u64::MAX);
    let messages = counted(count, "message", "messages");
    let (account, contact) = (&test.account, clean(&test.contact));
    let odd: Vec<&Reply> = test.messages.iter().filter(|m| m.outcome != "sent").collect();
    match odd.first() {
        None => format!("{messages} as {contact} would read them: in Saved Messages of {account}"),
        Some(first) if first.outcome == "pending" => format!(
            "recorded: {account} sends {messages} to itself, as {contact} would read them, as soon \
             as `tg run` runs"
        ),
        Some(first) => {
            let reason = first.reason.as_deref().unwrap_or_default();
            format!("{} ({}): account {account}", first.outcome, clean(reason))
        }
    }
}
