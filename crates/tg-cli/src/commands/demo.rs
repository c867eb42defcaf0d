//! `tg demo`: the whole thing on this machine, through the same use cases as every other command,
//! judged by the simulator's journal.

use super::campaign::report::human as report_text;
use super::init;
use crate::args::demo::Demo;
use crate::context::Context;
use crate::credentials::Credentials;
use crate::demo::{Folder, Journal, Seen, Stage, Story, check};
use crate::engine::{Asked, drive};
use crate::error::CliError;
use crate::exit::Exit;
use crate::home::Home;
use crate::input;
use crate::text::{clean, count, counted, span};
use crate::wire::{self, Need, Opened};
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};
use tg_app::audiences::{self, ImportConsent, ImportRequest, RejectFile};
use tg_app::campaigns::{self, NewCampaign};
use tg_app::segments::Whom;
use tg_app::{Permission, accounts, contacts, json, templates};
use tg_engine::{Ended, RunSummary};
use tg_security::MAX_ACCOUNTS_FILE;

const AUDIENCE: &str = "friends";
const TEMPLATE: &str = "hello";
const CAMPAIGN: &str = "spring";
const CONSENT: &str = "signed up at the fair, 2026-10-03";
const TEXT: &str = "Hi {{ first_name }}, **spring** is here in {{ city }}: we open on Saturday.";

/// The result for scripts: the last line.
#[derive(Serialize)]
struct Done {
    schema: &'static str,
    /// Where it played, if it is still there.
    folder: Option<String>,
    run_ms: u64,
    send_calls: u64,
    send_refusals: u64,
    delivered: u64,
    report: json::Report,
    story: Option<Story>,
    /// Whether report and journal match.
    ok: bool,
    problems: Vec<String>,
}

/// Runs the verb.
pub(super) async fn run(context: &Context, args: &Demo) -> Result<Exit, CliError> {
    let folder = Folder::make(args)?;
    let stage = Stage::start(&folder.path().join("sim"), args.accounts, args.people).await?;
    let home = Home::at(folder.path().join("home"));
    let inner = Context { home, credentials: Credentials::Own, ..context.clone() };
    let played = play(&inner, args, &folder, &stage).await;
    let stopped = stage.sim.shutdown().await;
    let exit = played?;
    stopped?;
    Ok(exit)
}

async fn play(
    context: &Context,
    args: &Demo,
    folder: &Folder,
    stage: &Stage,
) -> Result<Exit, CliError> {
    say(
        context,
        &format!(
            "A simulated Telegram runs on this machine: {} of yours, {}.\nIt imposes waits, {} blocked you, and answers get lost.\n",
            counted(args.accounts.into(), "account", "accounts"),
            counted(args.people.into(), "person", "people"),
            counted(stage.blocked, "of them has", "of them have"),
        ),
    )?;
    init::make(&context.home, &context.config, false).await?;
    step(context, "tg init")?;
    wire::alone(context, Need::of(Permission::EngineRun, "engine"), async |open| {
        prepare(context, open, stage).await?;
        step(context, "tg run --until-idle")?;
        context.printer.flush()?;
        let began = Instant::now();
        let asked = Asked { until_idle: true, max_wait: None };
        let summary = drive(context, open, asked).await?;
        if summary.ended == Ended::Stopped {
            return Ok(Exit::Interrupted);
        }
        let done = judge(open, args, folder, stage, began.elapsed()).await?;
        conclude(context, args, &done, &summary)
    })
    .await
}

/// Accounts, people, text and campaign, as a person would make them.
async fn prepare(context: &Context, open: &Opened, stage: &Stage) -> Result<(), CliError> {
    let (app, actor) = (&open.app, &open.actor);
    let sessions = input::read(&stage.accounts_file(), MAX_ACCOUNTS_FILE)?;
    accounts::import(app, actor, &sessions).await?;
    step(context, "tg account import sim/accounts.json")?;

    let people = stage.people_file();
    let mut rejects = people.clone().into_os_string();
    rejects.push(".rejects.csv");
    let consent = ImportConsent { source: Some(CONSENT), ..ImportConsent::default() };
    let reader = input::open(&people)?;
    let request = ImportRequest {
        strict: true,
        allow_test_numbers: open.is_simulated().await?,
        ..ImportRequest::new(AUDIENCE, consent, reader, Box::new(RejectFile::new(rejects)))
    };
    audiences::import(app, actor, request).await?;
    step(
        context,
        &format!("tg audience import {AUDIENCE} sim/people.csv --consent \"{CONSENT}\""),
    )?;

    templates::add(app, actor, TEMPLATE, TEXT).await?;
    step(context, &format!("tg template add {TEMPLATE} hello.md"))?;

    let new = NewCampaign {
        name: CAMPAIGN,
        audience: AUDIENCE,
        template: TEMPLATE,
        variants: &[],
        accounts: "all",
        pace: "unlimited",
        whom: Whom::default(),
    };
    campaigns::create(app, actor, new).await?;
    step(
        context,
        &format!(
            "tg campaign create {CAMPAIGN} --audience {AUDIENCE} --template {TEMPLATE} --accounts all --pace unlimited"
        ),
    )?;
    campaigns::start(app, actor, CAMPAIGN, &mut |_, _| {}).await?;
    step(context, &format!("tg campaign start {CAMPAIGN}"))
}

/// Compares what the home says with what the simulator's journal says.
async fn judge(
    open: &Opened,
    args: &Demo,
    folder: &Folder,
    stage: &Stage,
    took: Duration,
) -> Result<Done, CliError> {
    let (app, actor) = (&open.app, &open.actor);
    let report = campaigns::report(app, actor, CAMPAIGN).await?;
    let mut deliveries = Vec::new();
    let mut each = |delivery| {
        deliveries.push(delivery);
        ControlFlow::Continue(())
    };
    campaigns::deliveries(app, actor, CAMPAIGN, None, &mut each).await?;
    let senders = accounts::list(app, actor).await?.accounts;
    let senders: BTreeMap<_, _> = senders.into_iter().map(|a| (a.name, a.user_id)).collect();
    let journal = Journal::read(&stage.sim.journal_path())?;
    let problems = check(&Seen {
        report: &report,
        deliveries: &deliveries,
        accounts: &senders,
        journal: &journal,
        people: args.people.into(),
        blocked: stage.blocked,
    });
    let story = match Story::pick(&deliveries, &journal) {
        Some(story) => {
            let person = contacts::show(app, actor, story.contact()).await?;
            Some(story.permitted_by(&person))
        }
        None => None,
    };
    let calls = stage.sim.stats().calls;
    let send = calls.get("messages.sendMessage");
    Ok(Done {
        schema: "tg.demo/1",
        folder: folder.is_kept().then(|| folder.path().display().to_string()),
        run_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        send_calls: send.map_or(0, |tally| tally.ok + tally.errors),
        send_refusals: send.map_or(0, |tally| tally.errors),
        delivered: journal.len(),
        report,
        story,
        ok: problems.is_empty(),
        problems,
    })
}

fn conclude(
    context: &Context,
    args: &Demo,
    done: &Done,
    summary: &RunSummary,
) -> Result<Exit, CliError> {
    context.printer.result(done, |done| human(context, args, done, summary))?;
    Ok(if done.ok { Exit::Done } else { Exit::Failed })
}

fn human(context: &Context, args: &Demo, done: &Done, summary: &RunSummary) -> String {
    let mut parts = vec![
        format!("\n$ tg campaign report {CAMPAIGN}\n{}", report_text(&done.report)),
        format!(
            "The run took {}. It called messages.sendMessage {}, was refused {}, and put messages off {}.",
            span(Duration::from_millis(done.run_ms)),
            counted(done.send_calls, "time", "times"),
            counted(done.send_refusals, "time", "times"),
            counted(summary.deferred, "time", "times"),
        ),
    ];
    if done.ok {
        parts.push(format!(
            "The simulator's journal agrees: {} delivered, nobody twice, {} of {} accounted for.",
            counted(done.delivered, "message", "messages"),
            count(done.report.sum()),
            count(args.people.into()),
        ));
        if done.report.unknown > 0 {
            parts.push(format!(
                "Of {}, the answer was lost and the repetition refused: that proves nothing about the first copy, so \
a person decides (unknown), and it is never sent again.",
                counted(done.report.unknown, "message", "messages"),
            ));
        }
    } else {
        let problems: Vec<_> = done.problems.iter().map(|p| format!("  {}", clean(p))).collect();
        parts.push(format!(
            "REPORT AND JOURNAL DO NOT MATCH. Please report this:\n{}",
            problems.join("\n")
        ));
    }
    if let Some(story) = &done.story {
        parts.push(format!(
            "One message's story, the one that took longest to be certain of:\n{}",
            story.human()
        ));
    }
    parts.push(next(context, done));
    parts.join("\n\n")
}

fn next(context: &Context, done: &Done) -> String {
    let mut out = String::new();
    if done.folder.is_some() {
        let home = context.home.dir().display();
        let who = done.story.as_ref().map_or("@name", |story| story.contact());
        out.push_str(&format!(
            "Look around:\n  export TG_HOME={home}\n  tg campaign deliveries {CAMPAIGN} --outcome failed\n  \
tg contact show {who}\n  tg db check\n\n"
        ));
    } else {
        out.push_str(
            "Everything was removed again; `tg demo --keep` leaves it to look around in.\n",
        );
    }
    out.push_str("For real: tg init, then the same commands with your own accounts and people. `tg help` has them all.");
    out
}

/// A command, as it would have been typed.
fn step(context: &Context, command: &str) -> Result<(), CliError> {
    say(context, &format!("$ {command}"))
}

fn say(context: &Context, text: &str) -> Result<(), CliError> {
    if context.printer.is_json() { Ok(()) } else { context.printer.text(text) }
}
