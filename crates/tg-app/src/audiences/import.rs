//! Importing a list of people with their consent: row by row, in memory that does not grow with the
//! file.

use super::intake::{Chunk, Intake, Target, put, unreadable};
use super::rejects::{RejectSink, Rejects};
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use std::convert::Infallible;
use std::fmt;
use std::future::poll_fn;
use std::io::Read;
use std::pin::{Pin, pin};
use std::task::Poll;
use tg_core::ids::Slug;
use tg_core::ports::{StoreError, Unit};
use tg_core::time::Timestamp;
use tg_security::validate::list::{ColumnMap, ListFormat, ListOptions, MAX_REMARK, PeopleReader};
use tg_security::validate::{PhoneRules, is_bidi_control};

/// A list to be imported.
pub struct ImportRequest<'a> {
    /// The audience; made if there is none of that name.
    pub audience: &'a str,
    /// How those agreed of whom the list does not say it.
    pub consent: ImportConsent<'a>,
    /// Labels for everybody on the list.
    pub tags: &'a [String],
    /// Import nothing if any row is rejected: all rows are one transaction then.
    pub strict: bool,
    /// Change nothing: only find out what would happen.
    pub dry_run: bool,
    /// Accept Telegram's test numbers (`99966…`).
    pub allow_test_numbers: bool,
    /// How the list is written.
    pub format: ListFormat,
    /// Which column is what.
    pub map: ColumnMap,
    /// The list. Reading may block.
    pub reader: Box<dyn Read + Send>,
    /// Where rejected rows go; not touched if there are none.
    pub rejects: Box<dyn RejectSink>,
    /// Hears how many rows were looked at, after each chunk.
    pub progress: Box<dyn FnMut(u64) + Send>,
}

impl<'a> ImportRequest<'a> {
    /// A list as most are: CSV whose columns are named as we name them.
    #[must_use]
    pub fn new(
        audience: &'a str,
        consent: ImportConsent<'a>,
        reader: Box<dyn Read + Send>,
        rejects: Box<dyn RejectSink>,
    ) -> Self {
        Self {
            audience,
            consent,
            tags: &[],
            strict: false,
            dry_run: false,
            allow_test_numbers: false,
            format: ListFormat::default(),
            map: ColumnMap::default(),
            reader,
            rejects,
            progress: Box::new(|_| {}),
        }
    }
}

impl fmt::Debug for ImportRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportRequest")
            .field("audience", &self.audience)
            .field("consent", &self.consent)
            .field("strict", &self.strict)
            .field("dry_run", &self.dry_run)
            .finish_non_exhaustive()
    }
}

/// A consent as it is said for all rows; a row that says something itself is believed.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportConsent<'a> {
    /// Where it came from, in the operator's words. Without, each row has to say it.
    pub source: Option<&'a str>,
    /// When it was given; if nobody says, when it is recorded.
    pub at: Option<Timestamp>,
    /// What proves it.
    pub evidence: Option<&'a str>,
    /// For what it was given.
    pub scope: Option<&'a str>,
    /// Rows without a consent are taken, too: those people wait for theirs, and nothing is sent.
    pub pending: bool,
}

/// Imports a list. Rows that cannot be used are rejected with line and column and do not keep the
/// others out, unless the request is strict. An opt-out or suppression stays, whatever the list
/// says. Interrupted, it can simply be run again: rows that are in already are unchanged.
///
/// # Errors
/// If the list has no usable first row (then nothing was made), or cannot be read to its end; if
/// strict, `import_rejected` with the counts in its message.
pub async fn import(
    app: &App,
    actor: &Actor,
    request: ImportRequest<'_>,
) -> Result<json::Import, AppError> {
    let name = request.audience;
    let act = Act::begin(app, actor, Permission::AudienceImport, "audience", Some(name)).await?;
    let now = app.clock.now();
    let target = target(&request, now)?;
    let options = ListOptions {
        format: request.format,
        map: request.map,
        phones: PhoneRules { region: None, test_numbers: request.allow_test_numbers },
        now,
    };
    let people = PeopleReader::new(request.reader, options).map_err(unreadable)?;
    if target.consent.is_none() && !target.pending && !people.has_consents() {
        return Err(no_consent("nothing says how these people agreed"));
    }
    let intake = Intake::new(people, Rejects::new(request.rejects), request.progress);
    if request.dry_run {
        rehearsed(app, target, intake).await
    } else if request.strict {
        all_or_nothing(&act, target, intake).await
    } else {
        in_chunks(app, &act, target, intake).await
    }
}

fn target(request: &ImportRequest<'_>, now: Timestamp) -> Result<Target, AppError> {
    let said = &request.consent;
    if said.at.is_some_and(|at| at > now) {
        return Err(no_consent("nobody can have agreed in the future"));
    }
    Ok(Target {
        audience: named::slug(request.audience)?,
        consent: said.source.map(remark).transpose()?,
        at: said.at,
        evidence: said.evidence.map(remark).transpose()?.map(Into::into),
        scope: said.scope.map(remark).transpose()?.map(Into::into),
        pending: said.pending,
        tags: named::tags(request.tags)?,
    })
}

/// Rows that cost a transaction each thousand, so that other writers get their turn.
async fn in_chunks(
    app: &App,
    act: &Act<'_>,
    target: Target,
    mut intake: Intake,
) -> Result<json::Import, AppError> {
    let fields = intake.new_fields();
    let begun = target.clone();
    let run = act
        .write(move |unit, at| {
            let run = begun.begin(unit, &fields, at)?;
            Ok((run, format!("import {} begun: {}", run.number, begun.told())))
        })
        .await?;
    let mut next = intake.next_chunk(&target)?;
    while let Some(Chunk { rows, rejects }) = next {
        let (name, fields, at) = (target.audience.clone(), intake.new_fields(), app.clock.now());
        let mut writing = pin!(app.store.write(move |unit| -> Result<_, AppError> {
            add_fields(unit, &name, &fields, at)?;
            Ok(put(unit, run, rows, at)?)
        }));
        // The writer works on this chunk while the next one is read.
        let early = begun_and_maybe_done(writing.as_mut()).await;
        let read = intake.next_chunk(&target);
        let judged = match early {
            Some(judged) => judged?,
            None => writing.await?,
        };
        intake.count(judged, rejects)?;
        next = read?;
    }
    let result = intake.finish(&target.audience, false)?;
    let detail = format!("import {} done: {}", run.number, told(&result));
    act.write(move |_, _| Ok((result, detail))).await
}

/// Polls once: a job is handed to the writer then. Its result, if that was all.
async fn begun_and_maybe_done<T>(mut job: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    poll_fn(|context| match job.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

/// All rows and the audit row in one transaction, or nothing.
async fn all_or_nothing(
    act: &Act<'_>,
    target: Target,
    intake: Intake,
) -> Result<json::Import, AppError> {
    act.write(move |unit, at| {
        let (import, result) = at_once(unit, &target, intake, at, false)?;
        if result.rejected > 0 {
            return Err(rejected(&result));
        }
        let detail = format!("import {import} done: {}; {}", told(&result), target.told());
        Ok((result, detail))
    })
    .await
}

/// What ends a rehearsal, whose changes are undone in any case.
enum Curtain {
    Fell(json::Import),
    Failed(AppError),
}

impl From<StoreError> for Curtain {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// All rows in one transaction that is undone: the same rules, found by the same code.
async fn rehearsed(app: &App, target: Target, intake: Intake) -> Result<json::Import, AppError> {
    let at = app.clock.now();
    let curtain: Result<Infallible, Curtain> = app
        .store
        .write(move |unit| {
            Err(match at_once(unit, &target, intake, at, true) {
                Ok((_, result)) => Curtain::Fell(result),
                Err(error) => Curtain::Failed(error),
            })
        })
        .await;
    match curtain {
        Err(Curtain::Fell(result)) => Ok(result),
        Err(Curtain::Failed(error)) => Err(error),
        Ok(never) => match never {},
    }
}

fn at_once(
    unit: &mut dyn Unit,
    target: &Target,
    mut intake: Intake,
    at: Timestamp,
    dry_run: bool,
) -> Result<(i64, json::Import), AppError> {
    let run = target.begin(unit, &intake.new_fields(), at)?;
    while let Some(Chunk { rows, rejects }) = intake.next_chunk(target)? {
        add_fields(unit, &target.audience, &intake.new_fields(), at)?;
        let judged = put(unit, run, rows, at)?;
        intake.count(judged, rejects)?;
    }
    Ok((run.number, intake.finish(&target.audience, dry_run)?))
}

/// Keys of JSON lines show one by one.
fn add_fields(
    unit: &mut dyn Unit,
    audience: &Slug,
    fields: &[String],
    at: Timestamp,
) -> Result<(), StoreError> {
    if fields.is_empty() {
        return Ok(());
    }
    unit.ensure_audience(audience, fields, at).map(drop)
}

/// One line about a consent.
fn remark(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    let length = text.chars().count();
    let harmful = |c: char| c.is_control() || is_bidi_control(c);
    if length == 0 || length > MAX_REMARK || text.chars().any(harmful) {
        let what = format!("a consent is one line of 1 to {MAX_REMARK} characters");
        return Err(no_consent(&what));
    }
    Ok(text.to_owned())
}

fn no_consent(what: &str) -> AppError {
    AppError::usage("no_consent", what).advise(
        "say where it came from: --consent \"signed up at the fair, 2026-10-03\", or with a column \"consent\"",
    )
}

/// A strict import met rows that it cannot take.
fn rejected(result: &json::Import) -> AppError {
    let file = result.rejects_file.as_deref().unwrap_or_default();
    AppError::failed(
        "import_rejected",
        format!(
            "{} of {} rows were rejected, so nothing was imported",
            result.rejected, result.rows
        ),
    )
    .advise(format!("{file} says why; mend the list, or import without --strict"))
}

/// Counts for the audit log.
fn told(result: &json::Import) -> String {
    format!(
        "{} rows: {} imported, {} updated, {} unchanged, {} rejected, {} opt-outs kept",
        result.rows,
        result.imported,
        result.updated,
        result.unchanged,
        result.rejected,
        result.opt_outs_kept
    )
}
