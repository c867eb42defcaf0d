//! Importing a list of people with their consent: row by row, in memory that does not grow with the
//! file.

use super::rejects::{RejectSink, Rejects};
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io::{self, Read};
use std::pin::{Pin, pin};
use std::task::Poll;
use tg_core::audience::{ImportRun, ImportVerdict};
use tg_core::ids::Slug;
use tg_core::ports::{StoreError, Unit};
use tg_core::time::Timestamp;
use tg_security::validate::csv::{ListError, PeopleReader, Reject, Row, RowError};
use tg_security::validate::{PhoneRules, is_bidi_control};

/// Rows of one transaction: some ten milliseconds of work, and other writers get their turn in
/// between. Fewer would write the same index pages again and again.
const CHUNK: usize = 4_000;
/// Longest consent sentence, in characters.
const MAX_CONSENT: usize = 500;

/// A list to be imported.
pub struct ImportRequest<'a> {
    /// The audience; made if there is none of that name.
    pub audience: &'a str,
    /// Where the consent of all rows came from, in the operator's words.
    pub consent: &'a str,
    /// Import nothing if any row is rejected: all rows are one transaction then.
    pub strict: bool,
    /// Accept Telegram's test numbers (`99966…`).
    pub allow_test_numbers: bool,
    /// The CSV text. Reading may block.
    pub reader: Box<dyn Read + Send>,
    /// Where rejected rows go; not touched if there are none.
    pub rejects: Box<dyn RejectSink>,
    /// Hears how many rows were looked at, after each chunk.
    pub progress: Box<dyn FnMut(u64) + Send>,
}

impl fmt::Debug for ImportRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImportRequest")
            .field("audience", &self.audience)
            .field("consent", &self.consent)
            .field("strict", &self.strict)
            .finish_non_exhaustive()
    }
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
    let target = Target { audience: named::slug(name)?, consent: consent(request.consent)? };
    let rules = PhoneRules { region: None, test_numbers: request.allow_test_numbers };
    let people = PeopleReader::new(request.reader, rules).map_err(unreadable)?;
    let import = Import {
        people,
        rejects: Rejects::Idle(request.rejects),
        progress: request.progress,
        counts: Counts::default(),
    };
    if request.strict {
        all_or_nothing(&act, target, import).await
    } else {
        in_chunks(app, &act, target, import).await
    }
}

/// What people are put on, and why they may be.
#[derive(Clone)]
struct Target {
    audience: Slug,
    consent: String,
}

/// An import on its way.
struct Import {
    people: PeopleReader<Box<dyn Read + Send>>,
    rejects: Rejects,
    progress: Box<dyn FnMut(u64) + Send>,
    counts: Counts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    rows: u64,
    imported: u64,
    updated: u64,
    unchanged: u64,
    rejected: u64,
    opt_outs_kept: u64,
}

/// Rows of the file that are looked at together.
struct Chunk {
    /// Those that name somebody.
    rows: Vec<Row>,
    /// Those that do not.
    rejects: Vec<Reject>,
}

/// Chunks that are a transaction each, so that other writers get their turn.
async fn in_chunks(
    app: &App,
    act: &Act<'_>,
    target: Target,
    mut import: Import,
) -> Result<json::Import, AppError> {
    let fields = import.fields();
    let begun = target.clone();
    let run = act
        .write(move |unit, at| {
            let run = begun.begin(unit, &fields, at)?;
            Ok((run, format!("import {} begun: {}", run.number, begun.consent)))
        })
        .await?;
    let mut next = import.next_chunk()?;
    while let Some(Chunk { rows, rejects }) = next {
        let at = app.clock.now();
        let mut writing = pin!(
            app.store.write(move |unit| -> Result<_, AppError> { Ok(put(unit, run, rows, at)?) })
        );
        // The writer works on this chunk while the next one is read.
        let early = begun_and_maybe_done(writing.as_mut()).await;
        let read = import.next_chunk();
        let judged = match early {
            Some(judged) => judged?,
            None => writing.await?,
        };
        import.count(judged, rejects)?;
        next = read?;
    }
    let result = import.finish(&target)?;
    let detail = format!("import {} done: {}", run.number, told(&result));
    act.write(move |_, _| Ok((result, detail))).await
}

/// All rows and the audit row in one transaction, or nothing.
async fn all_or_nothing(
    act: &Act<'_>,
    target: Target,
    mut import: Import,
) -> Result<json::Import, AppError> {
    act.write(move |unit, at| {
        let run = target.begin(unit, &import.fields(), at)?;
        while let Some(Chunk { rows, rejects }) = import.next_chunk()? {
            let judged = put(unit, run, rows, at)?;
            import.count(judged, rejects)?;
        }
        let result = import.finish(&target)?;
        if result.rejected > 0 {
            return Err(rejected(&result));
        }
        let detail = format!("import {} done: {}; {}", run.number, told(&result), target.consent);
        Ok((result, detail))
    })
    .await
}

/// Polls once: a job is handed to the writer then. Its result, if that was all.
async fn begun_and_maybe_done<T>(mut job: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    poll_fn(|context| match job.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

impl Target {
    fn begin(
        &self,
        unit: &mut dyn Unit,
        fields: &[String],
        at: Timestamp,
    ) -> Result<ImportRun, StoreError> {
        let audience = unit.ensure_audience(&self.audience, fields, at)?.id;
        unit.begin_import(audience, &self.consent)
    }
}

/// Puts people on the list; conflicts become rejects.
fn put(
    unit: &mut dyn Unit,
    run: ImportRun,
    rows: Vec<Row>,
    at: Timestamp,
) -> Result<Vec<Judged>, StoreError> {
    rows.into_iter()
        .map(|row| {
            let (verdict, opted_out) = unit.import_person(run, &row.person, at)?;
            Ok(match verdict {
                ImportVerdict::Imported => Judged::Imported { opted_out },
                ImportVerdict::Updated => Judged::Updated { opted_out },
                ImportVerdict::Unchanged => Judged::Unchanged { opted_out },
                ImportVerdict::Conflict { column, detail } => {
                    Judged::Rejected(row.reject(column, detail))
                }
            })
        })
        .collect()
}

/// What became of one row.
enum Judged {
    Imported { opted_out: bool },
    Updated { opted_out: bool },
    Unchanged { opted_out: bool },
    Rejected(Reject),
}

impl Import {
    fn fields(&self) -> Vec<String> {
        self.people.fields().map(str::to_owned).collect()
    }

    /// The next rows of the file, at most [`CHUNK`]; `None` at its end.
    fn next_chunk(&mut self) -> Result<Option<Chunk>, AppError> {
        let mut chunk = Chunk { rows: Vec::with_capacity(CHUNK), rejects: Vec::new() };
        for row in self.people.by_ref().take(CHUNK) {
            match row {
                Ok(row) => chunk.rows.push(row),
                Err(RowError::Rejected(reject)) => chunk.rejects.push(reject),
                Err(RowError::Failed(error)) => return Err(broken_off(error)),
            }
        }
        Ok(Some(chunk).filter(|chunk| !chunk.rows.is_empty() || !chunk.rejects.is_empty()))
    }

    /// Counts the rows of a chunk and writes its rejects, in the order of the file.
    fn count(&mut self, judged: Vec<Judged>, mut rejects: Vec<Reject>) -> Result<(), AppError> {
        let rows = judged.len() + rejects.len();
        self.counts.rows += u64::try_from(rows).unwrap_or(u64::MAX);
        for row in judged {
            let opted_out = match row {
                Judged::Imported { opted_out } => {
                    self.counts.imported += 1;
                    opted_out
                }
                Judged::Updated { opted_out } => {
                    self.counts.updated += 1;
                    opted_out
                }
                Judged::Unchanged { opted_out } => {
                    self.counts.unchanged += 1;
                    opted_out
                }
                Judged::Rejected(reject) => {
                    rejects.push(reject);
                    false
                }
            };
            self.counts.opt_outs_kept += u64::from(opted_out);
        }
        rejects.sort_by_key(|reject| reject.line);
        for reject in &rejects {
            self.counts.rejected += 1;
            self.rejects.write(reject).map_err(unwritable)?;
        }
        (self.progress)(self.counts.rows);
        Ok(())
    }

    fn finish(&mut self, target: &Target) -> Result<json::Import, AppError> {
        let rejects_file = self.rejects.publish().map_err(unwritable)?;
        let Counts { rows, imported, updated, unchanged, rejected, opt_outs_kept } = self.counts;
        debug_assert_eq!(rows, imported + updated + unchanged + rejected, "each row counts once");
        Ok(json::Import {
            schema: "tg.import/1",
            audience: target.audience.to_string(),
            rows,
            imported,
            updated,
            unchanged,
            rejected,
            opt_outs_kept,
            rejects_file,
        })
    }
}

fn consent(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    let length = text.chars().count();
    let harmful = |c: char| c.is_control() || is_bidi_control(c);
    if length == 0 || length > MAX_CONSENT || text.chars().any(harmful) {
        return Err(AppError::usage(
            "no_consent",
            format!("a consent is one line of 1 to {MAX_CONSENT} characters"),
        )
        .advise("say where it came from: --consent \"signed up at the fair, 2026-10-03\""));
    }
    Ok(text.to_owned())
}

/// The list as a whole cannot be used.
fn unreadable(error: ListError) -> AppError {
    let told = AppError::failed("unreadable_list", format!("nothing was imported: {error}"));
    caused(error, told).advise(
        "the first row names the columns: username, phone or user_id, and what else you know",
    )
}

/// The list ended before its end.
fn broken_off(error: ListError) -> AppError {
    let told = AppError::failed("broken_list", format!("the import broke off: {error}"));
    caused(error, told).advise("import it again: rows that are in already stay unchanged")
}

fn caused(error: ListError, told: AppError) -> AppError {
    match error {
        ListError::Read(cause) => told.because(cause),
        _ => told,
    }
}

fn unwritable(error: io::Error) -> AppError {
    AppError::failed("rejects_file", "the rejected rows could not be written")
        .because(error)
        .advise("name another place with --rejects, then import again")
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
