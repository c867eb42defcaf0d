//! `tg contact show`: everything about one person.

use crate::commands::inbox;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::table::{Table, pairs};
use crate::wire;
use tg_app::{contacts, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, who: &str) -> Result<Exit, CliError> {
    let detail =
        wire::with(context, async |open| Ok(contacts::show(&open.app, &open.actor, who).await?))
            .await?;
    context.printer.result(&detail, human)?;
    Ok(Exit::Done)
}

fn human(shown: &json::ContactDetail) -> String {
    let person = &shown.person;
    let mut lines: Vec<(&str, String)> = [
        ("username", person.username.as_ref().map(|name| format!("@{name}"))),
        ("phone", person.phone.clone()),
        ("user id", person.user_id.map(|id| id.to_string())),
        ("first name", known(&person.first_name)),
        ("last name", known(&person.last_name)),
        ("language", known(&person.lang)),
        ("time zone", known(&person.tz)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    lines.extend(person.fields.iter().map(|(name, value)| (name.as_str(), value.clone())));
    if let Some(no) = &shown.opt_out {
        lines.push(("opted out", format!("{} ({})", no.at, no.how)));
    }
    if shown.suppressed_everywhere {
        lines.push(("suppressed", "everywhere".to_owned()));
    }
    if !shown.suppressed_on.is_empty() {
        lines.push(("suppressed on", shown.suppressed_on.join(", ")));
    }
    if !shown.tags.is_empty() {
        lines.push(("tags", shown.tags.join(" ")));
    }
    for consent in &shown.consents {
        let mut text =
            format!("{}: \"{}\", recorded {}", consent.audience, consent.source, consent.at);
        for (what, said) in [("for", &consent.scope), ("proven by", &consent.evidence)] {
            if !said.is_empty() {
                text.push_str(&format!(", {what} \"{said}\""));
            }
        }
        lines.push(("consent", text));
    }
    if !shown.waiting_on.is_empty() {
        lines.push(("no consent yet", shown.waiting_on.join(", ")));
    }
    let mut out = format!("{}\n\n{}", pairs(lines), deliveries(&shown.deliveries));
    for message in &shown.messages {
        out.push_str("\n\n");
        out.push_str(&inbox::show::message(message));
    }
    out
}

fn deliveries(deliveries: &[json::Delivery]) -> String {
    let headings = ["CAMPAIGN", "OUTCOME", "REASON", "ACCOUNT", "MESSAGE", "WHEN"];
    let mut table = Table::new(headings).right([4]);
    for delivery in deliveries {
        table.row([
            delivery.campaign.clone(),
            delivery.outcome.as_str().to_owned(),
            delivery.reason.clone().unwrap_or_default(),
            delivery.account.clone().unwrap_or_default(),
            delivery.message_id.map_or_else(String::new, |id| id.to_string()),
            delivery.settled_at.clone().unwrap_or_default(),
        ]);
    }
    table.or("never written to")
}

fn known(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
