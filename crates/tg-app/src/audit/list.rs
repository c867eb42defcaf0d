//! Rows of the log: those that are asked for, newest first, or all, oldest first.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::permissions::Permission;
use std::ops::ControlFlow;
use tg_core::ports::{AuditFilter, AuditRecord};

/// Most rows of one answer.
const MOST: usize = 1_000;
/// Rows of one page of an export: what is held in memory at a time.
const PAGE: usize = 1_000;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Which rows.
    pub filter: AuditFilter,
    /// How many, at most 1,000.
    pub limit: usize,
}

/// Rows that fit, newest first.
///
/// # Errors
/// If more is asked for than one answer holds; a refusal, or the store's failure.
pub async fn list(app: &App, actor: &Actor, wanted: Wanted) -> Result<json::AuditList, AppError> {
    let act = Act::begin(app, actor, Permission::AuditList, "audit", None).await?;
    let Wanted { filter, limit } = wanted;
    if !(1..=MOST).contains(&limit) {
        return Err(AppError::usage("limit", format!("one answer has 1 to {MOST} rows"))
            .advise("`tg audit export` streams the whole log"));
    }
    act.read(move |unit| {
        // One more tells whether there is more.
        let mut rows = unit.audit_find(&filter, limit + 1)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let before = rows.last().filter(|_| more).map(|row| row.seq);
        let entries = rows.iter().map(json::AuditRow::from).collect();
        Ok(json::AuditList { schema: "tg.audit_list/1", entries, before })
    })
    .await
}

/// Hands each row to `each`, oldest first, page by page. Ends early when `each` breaks.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn export(
    app: &App,
    actor: &Actor,
    each: &mut (dyn FnMut(json::AuditRow) -> ControlFlow<()> + Send),
) -> Result<(), AppError> {
    let act = Act::begin(app, actor, Permission::AuditExport, "audit", None).await?;
    let mut after = 0;
    loop {
        let page: Vec<AuditRecord> =
            act.read(move |unit| Ok(unit.audit_page(after, PAGE)?)).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.seq;
        for record in &page {
            if each(record.into()).is_break() {
                return Ok(());
            }
        }
    }
}
