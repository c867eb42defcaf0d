//! `tg campaign deliveries`: every recipient with the outcome, printed as it is read.

use crate::args::campaign::Deliveries;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::printer::Printer;
use crate::text::clean;
use crate::wire;
use std::ops::ControlFlow;
use tg_app::{campaigns, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Deliveries) -> Result<Exit, CliError> {
    let printer = &*context.printer;
    wire::with(context, async |open| {
        let mut lines = Lines { printer, begun: false, fault: None };
        let outcome = args.outcome.as_deref();
        let mut each = |delivery: json::Delivery| lines.print(&delivery);
        campaigns::deliveries(&open.app, &open.actor, &args.name, outcome, &mut each).await?;
        lines.end()
    })
    .await?;
    Ok(Exit::Done)
}

/// Prints without keeping: a campaign may have millions.
struct Lines<'a> {
    printer: &'a Printer,
    begun: bool,
    fault: Option<CliError>,
}

impl Lines<'_> {
    fn print(&mut self, delivery: &json::Delivery) -> ControlFlow<()> {
        let result =
            if self.printer.is_json() { self.printer.json(delivery) } else { self.row(delivery) };
        self.fault = result.err();
        if self.fault.is_some() || self.printer.is_gone() {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    fn row(&mut self, delivery: &json::Delivery) -> Result<(), CliError> {
        if !self.begun {
            self.begun = true;
            self.printer.text(&columns([
                "ID", "CONTACT", "OUTCOME", "REASON", "ACCOUNT", "MESSAGE", "SETTLED",
            ]))?;
        }
        let message = delivery.message_id.map_or_else(String::new, |id| id.to_string());
        self.printer.text(&columns([
            &delivery.delivery.to_string(),
            &clean(&delivery.contact),
            delivery.outcome.as_str(),
            &clean(delivery.reason.as_deref().unwrap_or_default()),
            delivery.account.as_deref().unwrap_or_default(),
            &message,
            delivery.settled_at.as_deref().unwrap_or_default(),
        ]))
    }

    fn end(self) -> Result<(), CliError> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        if !self.begun && !self.printer.is_json() {
            self.printer.note("no deliveries");
        }
        Ok(())
    }
}

/// Fixed columns: the widths of rows to come are not known.
fn columns([id, contact, outcome, reason, account, message, settled]: [&str; 7]) -> String {
    format!("{id:>8}  {contact:<24}  {outcome:<8}  {reason:<24}  {account:<16}  {message:>10}  {settled}")
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn rows_stand_below_their_headings_and_nothing_trails() {
        let heading =
            columns(["ID", "CONTACT", "OUTCOME", "REASON", "ACCOUNT", "MESSAGE", "SETTLED"]);
        let row = columns(["7", "@maria", "failed", "USER_IS_BLOCKED", "anna", "", ""]);
        for (above, below) in [("OUTCOME", "failed"), ("REASON", "USER_IS_BLOCKED")] {
            assert_eq!(heading.find(above), row.find(below));
        }
        assert!(row.ends_with("anna"));
    }
}
