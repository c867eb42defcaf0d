//! `tg inbox show`: what one person and the accounts wrote to each other.

use crate::args::inbox::Show;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::{clean, clean_lines};
use crate::wire;
use tg_app::{inbox, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Show) -> Result<Exit, CliError> {
    let talk =
        wire::with(context, async |open| Ok(inbox::show(&open.app, &open.actor, &args.who).await?))
            .await?;
    context.printer.result(&talk, human)?;
    Ok(Exit::Done)
}

fn human(talk: &json::Talk) -> String {
    if talk.messages.is_empty() && talk.replies.is_empty() {
        return "they have not written".to_owned();
    }
    let mut out: Vec<String> = talk.messages.iter().map(message).collect();
    out.extend(talk.replies.iter().map(reply));
    if let Some(no) = &talk.opt_out {
        out.push(format!("opted out {}: {}", no.at, clean(&no.how)));
    }
    out.join("\n\n")
}

/// One message with its head.
pub(crate) fn message(message: &json::Message) -> String {
    let way = if message.direction == "in" { "→" } else { "←" };
    let mut head = format!("{}  {way} {}", message.at, message.account);
    if let Some(campaign) = &message.campaign {
        head.push_str(&format!("  (answers campaign {campaign})"));
    }
    if message.opt_out {
        head.push_str("  opt-out");
    }
    let text = if message.text.is_empty() { "(no text)" } else { &message.text };
    format!("{head}\n  {}", clean_lines(text).replace('\n', "\n  "))
}

fn reply(reply: &json::Reply) -> String {
    let why = reply.reason.as_ref().map_or_else(String::new, |why| format!(", {}", clean(why)));
    let head = format!("{}  ← {}  ({}{why})", reply.written_at, reply.account, reply.outcome);
    format!("{head}\n  {}", clean_lines(&reply.text).replace('\n', "\n  "))
}
