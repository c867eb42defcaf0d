//! `tg campaign review`: personal texts before anybody gets them.

use crate::args::campaign::{Review, ReviewVerb};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::printer::Printer;
use crate::text::{clean, counted};
use crate::wire;
use std::ops::ControlFlow;
use tg_app::{campaigns, json};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Review) -> Result<Exit, CliError> {
    let (which, approved) = match &args.verb {
        ReviewVerb::List { all } => return list(context, &args.name, *all).await,
        ReviewVerb::Approve(which) => (which, true),
        ReviewVerb::Reject(which) => (which, false),
    };
    let done = wire::with(context, async |open| {
        let (app, actor) = (&open.app, &open.actor);
        Ok(campaigns::review(app, actor, &args.name, which.delivery, approved).await?)
    })
    .await?;
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

fn human(done: &json::Review) -> String {
    let texts = counted(done.texts, "text", "texts");
    let mut out = format!("{texts} of {} {}", done.campaign, done.decided);
    if done.waiting > 0 {
        out.push_str(&format!("; {} still", counted(done.waiting, "waits", "wait")));
    }
    out
}

/// Prints without keeping: a campaign may have millions.
async fn list(context: &Context, name: &str, all: bool) -> Result<Exit, CliError> {
    let printer = &*context.printer;
    wire::with(context, async |open| {
        let (mut any, mut fault) = (false, None);
        let mut each = |text: json::PersonalText| {
            any = true;
            fault = print(printer, &text).err();
            if fault.is_some() || printer.is_gone() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        };
        campaigns::texts(&open.app, &open.actor, name, all, &mut each).await?;
        if let Some(fault) = fault {
            return Err(fault);
        }
        if !any && !printer.is_json() {
            printer.note("no texts wait for you");
        }
        Ok(())
    })
    .await?;
    Ok(Exit::Done)
}

fn print(printer: &Printer, text: &json::PersonalText) -> Result<(), CliError> {
    if printer.is_json() { printer.json(text) } else { printer.text(&block(text)) }
}

/// A heading, and the text set in below it.
fn block(text: &json::PersonalText) -> String {
    let why = text.reason.as_ref().map_or_else(String::new, |why| format!(" ({why})"));
    let heading = format!("{}  {}  {}{why}", text.delivery, clean(&text.contact), text.state);
    let body = text.text.as_deref().unwrap_or("the campaign's template");
    let lines: Vec<String> = body.lines().map(|line| format!("    {}", clean(line))).collect();
    format!("{heading}\n{}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_shown_below_its_delivery_and_stays_text() {
        let text = json::PersonalText {
            schema: "tg.text/1",
            campaign: "spring".into(),
            delivery: 7,
            contact: "@maria".into(),
            state: "written",
            text: Some("Hello\n\u{1b}[2Jthere".into()),
            reason: None,
            written_at: String::new(),
        };
        assert_eq!(block(&text), "7  @maria  written\n    Hello\n    \u{fffd}[2Jthere\n");
    }
}
