//! `tg inbox list`: who wrote, the latest first.

use crate::args::inbox::List;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::Table;
use crate::wire;
use tg_app::{inbox, json};

/// Characters of a message that a line shows.
const SHOWN: usize = 48;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &List) -> Result<Exit, CliError> {
    let wanted = inbox::Wanted {
        account: args.account.as_deref(),
        campaign: args.campaign.as_deref(),
        unanswered: args.unanswered,
    };
    let list =
        wire::with(context, async |open| Ok(inbox::list(&open.app, &open.actor, wanted).await?))
            .await?;
    context.printer.result(&list, human)?;
    Ok(Exit::Done)
}

fn human(list: &json::Inbox) -> String {
    let headings = ["WHEN", "PERSON", "NAME", "ACCOUNT", "CAMPAIGN", "", "MESSAGE"];
    let mut table = Table::new(headings);
    for talk in &list.conversations {
        table.row([
            talk.last.at.clone(),
            talk.username.as_ref().map_or_else(|| talk.user_id.to_string(), |n| format!("@{n}")),
            talk.name.clone(),
            talk.account.clone(),
            talk.last.campaign.clone().unwrap_or_default(),
            mark(talk).to_owned(),
            shortened(&talk.last.text),
        ]);
    }
    table.or("nobody has written")
}

/// What a person has to know first.
const fn mark(talk: &json::Conversation) -> &'static str {
    if talk.opted_out {
        "opted out"
    } else if talk.unanswered {
        "waits"
    } else {
        ""
    }
}

fn shortened(text: &str) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return "(no text)".to_owned();
    }
    if let Some((end, _)) = line.char_indices().nth(SHOWN) {
        line.truncate(end);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_short_line() {
        assert_eq!(shortened("hello\n\n  there"), "hello there");
        assert_eq!(shortened(" \n"), "(no text)");
        assert_eq!(shortened(&"ü".repeat(60)).chars().count(), SHOWN + 1);
    }
}
