//! Rows on their way from a list to an audience, and what became of them.

use super::rejects::Rejects;
use crate::error::AppError;
use crate::json;
use std::io::{self, Read};
use std::sync::Arc;
use tg_core::audience::{ImportRun, ImportVerdict, ListRow};
use tg_core::consent::Given;
use tg_core::ids::Slug;
use tg_core::ports::{StoreError, Unit};
use tg_core::time::Timestamp;
use tg_security::validate::list::{ListError, PeopleReader, Reject, Row, RowConsent, RowError};

/// Rows of one transaction: some ten milliseconds of work, and other writers get their turn in
/// between. Fewer would write the same index pages again and again.
const CHUNK: usize = 4_000;

/// What people are put on, and why they may be.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) audience: Slug,
    /// How those agreed of whom the list does not say it.
    pub(super) consent: Option<String>,
    pub(super) at: Option<Timestamp>,
    pub(super) evidence: Option<Arc<str>>,
    pub(super) scope: Option<Arc<str>>,
    pub(super) pending: bool,
    pub(super) tags: Vec<Slug>,
}

impl Target {
    /// Makes what rows are put on.
    pub(super) fn begin(
        &self,
        unit: &mut dyn Unit,
        fields: &[String],
        at: Timestamp,
    ) -> Result<ImportRun, StoreError> {
        let audience = unit.ensure_audience(&self.audience, fields, at)?.id;
        unit.begin_import(audience, self.consent.as_deref())
    }

    /// The consent in the audit log.
    pub(super) fn told(&self) -> &str {
        match &self.consent {
            Some(text) => text,
            None if self.pending => "rows without a consent wait for it",
            None => "each row has its consent",
        }
    }

    /// How somebody agreed: as the row says, and where it says nothing, as is said for all.
    fn given(&self, row: RowConsent) -> Given {
        let or = |text: String, all: &Option<Arc<str>>| {
            if text.is_empty() { all.clone() } else { Some(text.into()) }
        };
        Given {
            source: or(row.source, &None),
            at: row.at.or(self.at),
            evidence: or(row.evidence, &self.evidence),
            scope: or(row.scope, &self.scope),
        }
    }

    /// A row as it is put on the list; without a consent only if it may wait for one.
    fn ready(&self, row: Row) -> Result<Ready, Reject> {
        if row.consent.source.is_empty() && self.consent.is_none() && !self.pending {
            return Err(row.reject("consent", "neither the row nor --consent says how they agreed"));
        }
        let mut tags = row.tags;
        tags.extend(self.tags.iter().cloned());
        let row_says = ListRow {
            person: row.person,
            consent: self.given(row.consent),
            tags,
            opted_out_at: row.opted_out_at,
            suppressed: row.suppressed,
        };
        Ok(Ready { line: row.line, raw: row.raw, row: row_says })
    }
}

/// A row as it is put on a list, and as it was written.
pub(super) struct Ready {
    line: u64,
    raw: String,
    row: ListRow,
}

/// Rows of the file that are looked at together.
pub(super) struct Chunk {
    /// Those that name somebody.
    pub(super) rows: Vec<Ready>,
    /// Those that do not.
    pub(super) rejects: Vec<Reject>,
}

/// Puts people on the list; conflicts become rejects.
pub(super) fn put(
    unit: &mut dyn Unit,
    run: ImportRun,
    rows: Vec<Ready>,
    at: Timestamp,
) -> Result<Vec<Judged>, StoreError> {
    rows.into_iter()
        .map(|ready| {
            let (verdict, opted_out) = if says_more(&ready.row) {
                unit.import_row(run, &ready.row, at)?
            } else {
                unit.import_person(run, &ready.row.person, at)?
            };
            Ok(match verdict {
                ImportVerdict::Imported => Judged::Imported { opted_out },
                ImportVerdict::Updated => Judged::Updated { opted_out },
                ImportVerdict::Unchanged => Judged::Unchanged { opted_out },
                ImportVerdict::Conflict { column, detail } => Judged::Rejected(Reject {
                    line: ready.line,
                    column: column.to_owned(),
                    reason: detail,
                    raw: ready.raw,
                }),
            })
        })
        .collect()
}

/// Whether a row has something that only some rows have.
fn says_more(row: &ListRow) -> bool {
    row.consent != Given::default()
        || !row.tags.is_empty()
        || row.opted_out_at.is_some()
        || row.suppressed
}

/// What became of one row.
pub(super) enum Judged {
    Imported { opted_out: bool },
    Updated { opted_out: bool },
    Unchanged { opted_out: bool },
    Rejected(Reject),
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

/// An import on its way.
pub(super) struct Intake {
    people: PeopleReader<Box<dyn Read + Send>>,
    rejects: Rejects,
    progress: Box<dyn FnMut(u64) + Send>,
    counts: Counts,
    /// Fields that the audience was told of.
    fields: usize,
}

impl Intake {
    pub(super) fn new(
        people: PeopleReader<Box<dyn Read + Send>>,
        rejects: Rejects,
        progress: Box<dyn FnMut(u64) + Send>,
    ) -> Self {
        Self { people, rejects, progress, counts: Counts::default(), fields: 0 }
    }

    /// Columns beyond the standard ones that were met since the last call.
    pub(super) fn new_fields(&mut self) -> Vec<String> {
        let fields: Vec<String> =
            self.people.fields().skip(self.fields).map(str::to_owned).collect();
        self.fields += fields.len();
        fields
    }

    /// The next rows of the file, at most [`CHUNK`]; `None` at its end.
    pub(super) fn next_chunk(&mut self, target: &Target) -> Result<Option<Chunk>, AppError> {
        let mut chunk = Chunk { rows: Vec::with_capacity(CHUNK), rejects: Vec::new() };
        for row in self.people.by_ref().take(CHUNK) {
            match row.map(|row| target.ready(row)) {
                Ok(Ok(row)) => chunk.rows.push(row),
                Ok(Err(reject)) | Err(RowError::Rejected(reject)) => chunk.rejects.push(reject),
                Err(RowError::Failed(error)) => return Err(broken_off(error)),
            }
        }
        Ok(Some(chunk).filter(|chunk| !chunk.rows.is_empty() || !chunk.rejects.is_empty()))
    }

    /// Counts the rows of a chunk and writes its rejects, in the order of the file.
    pub(super) fn count(
        &mut self,
        judged: Vec<Judged>,
        mut rejects: Vec<Reject>,
    ) -> Result<(), AppError> {
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

    pub(super) fn finish(
        mut self,
        audience: &Slug,
        dry_run: bool,
    ) -> Result<json::Import, AppError> {
        let rejects_file = self.rejects.publish().map_err(unwritable)?;
        let Counts { rows, imported, updated, unchanged, rejected, opt_outs_kept } = self.counts;
        debug_assert_eq!(rows, imported + updated + unchanged + rejected, "each row counts once");
        Ok(json::Import {
            schema: "tg.import/1",
            audience: audience.to_string(),
            rows,
            imported,
            updated,
            unchanged,
            rejected,
            opt_outs_kept,
            rejects_file,
            dry_run,
        })
    }
}

/// The list as a whole cannot be used.
pub(super) fn unreadable(error: ListError) -> AppError {
    let advice = match &error {
        ListError::Separator { found, .. } => {
            format!("say what stands between the columns: --delimiter {found:?}")
        }
        ListError::Column { .. } => {
            "name it yourself with --map NAME=COLUMN, or leave it out with --ignore COLUMN".into()
        }
        ListError::NotLines => "a table is read with --format csv".to_owned(),
        _ => {
            "the first row names the columns: username, phone or user_id, and what else you know; \
              --map phone=COLUMN says which is which"
                .to_owned()
        }
    };
    let told = AppError::failed("unreadable_list", format!("nothing was imported: {error}"));
    caused(error, told).advise(advice)
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
