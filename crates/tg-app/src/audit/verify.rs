//! Whether the log is as it was written: every row, the order, and the end.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json::{self, AuditProblem};
use crate::permissions::Permission;
use tg_core::ports::{AuditHead, AuditRecord};
use tg_security::{BrokenChain, ChainCheck, ChainFault, was_written_at};

/// Rows that are looked at together: what is held in memory at a time.
const PAGE: usize = 1_000;

/// Walks the whole log and compares its end with the note beside the master key.
///
/// # Errors
/// A refusal, or the store's failure. That the log was tampered with is a result, not an error.
pub async fn verify(app: &App, actor: &Actor) -> Result<json::AuditVerified, AppError> {
    let act = Act::begin(app, actor, Permission::AuditVerify, "audit", None).await?;
    // The note follows the rows, so it is read before them.
    let (noted, required) =
        act.read(|unit| Ok((unit.audit_head()?, unit.sign_in_required()?))).await?;
    let mut walk = Walk::default();
    let mut check = ChainCheck::new(&*app.audit_key);
    let mut problem = None;
    loop {
        let after = walk.seen;
        let page = act.read(move |unit| Ok(unit.audit_page(after, PAGE)?)).await?;
        if page.is_empty() {
            break;
        }
        walk.over(&page, &noted);
        if let Err(broken) = check.page(&page) {
            problem = Some(explained(&act, app, broken, &page, check.head().1).await?);
            break;
        }
    }
    let (rows, tag) = check.head();
    let problem = problem.or_else(|| at_the_end(&noted, rows, &walk)).or_else(|| {
        let said = walk.required.is_some_and(|said| said != required);
        said.then(|| setting(required))
    });
    let noted = match noted {
        AuditHead::Noted { seq, .. } => Some(seq),
        AuditHead::Missing | AuditHead::Damaged(_) => None,
    };
    Ok(json::AuditVerified {
        schema: "tg.audit_verify/1",
        ok: problem.is_none(),
        rows,
        tag: json::hexadecimal(&tag),
        noted,
        problem,
    })
}

/// What is remembered of rows that were walked over.
#[derive(Default)]
struct Walk {
    /// The last row that was read.
    seen: i64,
    /// The tag of the row that the note names.
    noted_tag: Option<[u8; 32]>,
    /// What the log says last about whether a sign-in is required.
    required: Option<bool>,
}

impl Walk {
    fn over(&mut self, page: &[AuditRecord], noted: &AuditHead) {
        for row in page {
            self.seen = row.seq;
            if matches!(noted, AuditHead::Noted { seq, .. } if *seq == row.seq) {
                self.noted_tag = Some(row.tag);
            }
            if row.entry.action == Permission::AuthRequire.as_str() && row.entry.outcome == "done" {
                self.required = Some(row.entry.after.as_deref() == Some("required"));
            }
        }
    }
}

/// What happened to the first row that does not follow.
async fn explained(
    act: &Act<'_>,
    app: &App,
    broken: BrokenChain,
    page: &[AuditRecord],
    previous: [u8; 32],
) -> Result<AuditProblem, AppError> {
    let row = broken.seq;
    let problem = |kind, row, message: String| AuditProblem {
        kind,
        row,
        message,
        hint: "the rows before it are as they were written; \
            compare with an export or a backup from before",
    };
    Ok(match broken.fault {
        ChainFault::Gap { expected } => {
            let last = row.saturating_sub(1);
            let gone = if last == expected {
                format!("row {expected} was deleted")
            } else {
                format!("rows {expected} to {last} were deleted")
            };
            problem("deleted", expected, gone)
        }
        ChainFault::Order { expected } => {
            problem("moved", row, format!("row {row} stands where row {expected} should"))
        }
        ChainFault::Tag => {
            let found = page.iter().find(|record| record.seq == row).cloned();
            let from = match found {
                Some(found) => origin(act, app, &found, previous).await?,
                None => None,
            };
            match from {
                Some(from) => problem(
                    "moved",
                    row,
                    format!("row {row} holds what was written as row {from}: rows were moved"),
                ),
                None => problem(
                    "edited",
                    row,
                    format!(
                        "row {row} is not as it was written: it was edited or put in, or rows \
                         before it were taken out and the rest numbered anew"
                    ),
                ),
            }
        }
    })
}

/// Where a row was written that does not belong where it stands.
async fn origin(
    act: &Act<'_>,
    app: &App,
    found: &AuditRecord,
    verified: [u8; 32],
) -> Result<Option<i64>, AppError> {
    let (mut after, mut previous) = (0, tg_core::ports::AuditEntry::GENESIS);
    loop {
        let page = act.read(move |unit| Ok(unit.audit_page(after, PAGE)?)).await?;
        let Some(last) = page.last() else { return Ok(None) };
        after = last.seq;
        for row in &page {
            let befores = [previous, row.tag, verified];
            if row.seq != found.seq && was_written_at(&*app.audit_key, found, row.seq, &befores) {
                return Ok(Some(row.seq));
            }
            previous = row.tag;
        }
    }
}

/// Compares the end of a chain that holds with the note of it.
fn at_the_end(noted: &AuditHead, rows: i64, walk: &Walk) -> Option<AuditProblem> {
    let accept = "if you know why (an older copy was put in place, the file was lost), `tg audit \
                  accept --because …` notes the end anew";
    let problem = |kind, row, message| Some(AuditProblem { kind, row, message, hint: accept });
    match noted {
        AuditHead::Noted { seq, .. } if *seq > rows => {
            let gone = seq.saturating_sub(rows);
            problem(
                "truncated",
                rows.saturating_add(1),
                format!(
                    "the last {gone} row(s) are missing: the log ends with row {rows}, and the note \
                     beside the master key says that there were {seq}"
                ),
            )
        }
        // The note may be behind: a crash between a commit and its note leaves it there.
        AuditHead::Noted { seq: 0, .. } => None,
        AuditHead::Noted { seq, tag } if walk.noted_tag != Some(*tag) => problem(
            "replaced",
            *seq,
            format!("row {seq} is not the one that was noted beside the master key"),
        ),
        AuditHead::Noted { .. } => None,
        AuditHead::Missing => problem(
            "head_missing",
            rows,
            "the note beside the master key (audit.head) is gone: whether rows are missing at the \
             end cannot be told"
                .to_owned(),
        ),
        AuditHead::Damaged(what) => problem(
            "head_damaged",
            rows,
            format!("the note beside the master key (audit.head) cannot be used: {what}"),
        ),
    }
}

fn setting(required: bool) -> AuditProblem {
    let (now, said) =
        if required { ("required", "not required") } else { ("not required", "required") };
    AuditProblem {
        kind: "setting",
        row: 0,
        message: format!(
            "the database says that a sign-in is {now}, and the last row about it says that it is \
             {said}: the database was changed by another program"
        ),
        hint: "`tg auth require on` or `off` sets it, with a row",
    }
}
