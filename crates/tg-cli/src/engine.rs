//! One run of the engine in the foreground: what `tg run` and `tg demo` share.

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::guests::SessionGuests;
use crate::reporter::{Known, Reporter};
use crate::signals::Signals;
use crate::text::counted;
use crate::wire::Opened;
use crate::writing;
use std::sync::Arc;
use std::time::Duration;
use tg_app::{AppError, json};
use tg_core::campaign::CampaignState;
use tg_core::ports::StoreError;
use tg_engine::{EngineParts, HearOptions, RunOptions, RunSummary, Shutdown};
use tg_store::MarkState;

/// What is asked of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// End when nothing is due.
    pub(crate) until_idle: bool,
    /// How far ahead to wait for work.
    pub(crate) max_wait: Option<std::time::Duration>,
}

/// Runs the engine until it is idle, is stopped, or fails, and shows what happens.
///
/// # Errors
/// Those of the run; those of the store.
pub(crate) async fn drive(
    context: &Context,
    opened: &Opened,
    asked: Asked,
) -> Result<RunSummary, CliError> {
    let shutdown = Shutdown::new();
    // Before anything else, so that a signal during the start is graceful too.
    let signals = Signals::listen(&shutdown, &context.printer).map_err(|error| {
        CliError::new(Exit::Failed, "signals", "cannot listen for signals").because(&error)
    })?;
    let result = show_run(context, opened, asked, shutdown).await;
    signals.end().await;
    result
}

async fn show_run(
    context: &Context,
    opened: &Opened,
    asked: Asked,
    shutdown: Shutdown,
) -> Result<RunSummary, CliError> {
    hold_if_restored(context, opened).await?;
    let id_key = opened.id_key().await?;
    let known = known(opened).await?;
    let reporter = Reporter::start(&context.printer, &known).map_err(|error| {
        CliError::new(Exit::Failed, "threads", "cannot start a thread").because(&error)
    })?;
    let parts = EngineParts {
        store: Arc::clone(&opened.app.store),
        connector: opened.connector(&context.config),
        clock: Arc::clone(&opened.app.clock),
        entropy: Arc::clone(&opened.app.entropy),
        id_key,
        events: reporter.sink(),
        alerter: opened.alerter(context).await?,
        health: Arc::clone(&opened.health),
        borrowers: SessionGuests::of(context),
        writer: opened.writer(context).await?,
    };
    let options = RunOptions {
        until_idle: asked.until_idle,
        max_wait: asked.max_wait,
        connect_deadline: context.config.connect_deadline.value.0,
        grace: context.config.grace.value.0,
        depth: usize::try_from(context.config.in_flight.value.0).unwrap_or(1),
        exit_pause: context.config.exit_pause.value.0,
        hear: hear(context),
        alert_quiet: context.config.outside.quiet.value.0,
        texts: writing::options(&context.config)?,
    };
    let result = tg_engine::run(parts, options, shutdown).await;
    // The reporter may wait for a slow reader: off the async threads.
    let shown = tokio::task::spawn_blocking(move || reporter.finish()).await;
    if shown.is_err() {
        tracing::error!("the reporter panicked");
    }
    Ok(result.map_err(AppError::from)?)
}

/// How accounts hear, as the settings say.
fn hear(context: &Context) -> HearOptions {
    let config = &context.config;
    let days = u64::try_from(config.keep_days.value.0).unwrap_or(1);
    HearOptions {
        words: config.opt_out_words.value.all(),
        confirmation: config.opt_out_answer.value.0.clone(),
        keep: Duration::from_secs(days * 24 * 60 * 60),
        seats: usize::try_from(config.connections.value.0).unwrap_or(0),
    }
}

/// An older copy of the database does not know what was sent after it was made: everything that
/// is unfinished waits for a person.
async fn hold_if_restored(context: &Context, opened: &Opened) -> Result<(), CliError> {
    let MarkState::Restored { reason } = opened.store.mark_state().await? else { return Ok(()) };
    let held = tg_engine::hold_restored(opened.port(), &*opened.app.clock).await?;
    opened.store.accept_mark().await?;
    tracing::warn!(%reason, held, "the database was restored from a copy");
    if context.printer.is_json() {
        return context.printer.json(&json::Event {
            schema: "tg.event/1",
            at: json::rfc3339(opened.app.clock.now()),
            kind: "restored",
            rows: Some(held),
            text: Some(reason),
            ..json::Event::default()
        });
    }
    context.printer.note(&format!(
        "this database was restored from a copy ({reason}): {} of started campaigns may have been sent since, \
and will not be sent again (outcome unknown, reason restored)",
        counted(held, "unfinished message", "unfinished messages")
    ));
    Ok(())
}

/// Totals of the campaigns that are under way, to start counting from.
async fn known(opened: &Opened) -> Result<Vec<Known>, CliError> {
    let now = opened.app.clock.now();
    let known: Result<Vec<Known>, StoreError> = opened
        .port()
        .read(move |unit| {
            let live = [CampaignState::Running, CampaignState::Pausing];
            let campaigns = unit.campaigns(&live)?;
            campaigns
                .into_iter()
                .map(|campaign| {
                    let tally = unit.tally(campaign.id, now)?;
                    let recipients = tally.recipients();
                    Ok(Known { name: campaign.name, recipients, ended: recipients - tally.open() })
                })
                .collect()
        })
        .await;
    Ok(known?)
}
