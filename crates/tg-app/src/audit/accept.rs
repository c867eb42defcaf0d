//! Accepting the log as it stands.

use crate::act::{Act, Told};
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::permissions::Permission;
use tg_core::ports::AuditHead;

/// Notes the end of the log anew, as it is in the database, after a person has looked why the note
/// was another or gone. Rows that were edited stay edited: this is about the end alone. (Whoever puts
/// an older copy of the database in place does the same in the transaction of that row:
/// [`tg_core::ports::AuditStore::renew_audit_head`].)
///
/// # Errors
/// If no reason is given; a refusal, or the store's failure.
pub async fn accept(
    app: &App,
    actor: &Actor,
    because: &str,
) -> Result<json::AuditAccepted, AppError> {
    let act = Act::begin(app, actor, Permission::AuditAccept, "audit", None).await?;
    let because = because.trim().to_owned();
    if because.is_empty() {
        return Err(AppError::usage("no_reason", "the log is accepted for a reason")
            .advise("say why: it is what the next person reads"));
    }
    act.write(move |unit, _| {
        let noted = match unit.audit_head()? {
            AuditHead::Missing => "no note".to_owned(),
            AuditHead::Damaged(problem) => format!("a damaged note: {problem}"),
            AuditHead::Noted { seq, .. } => format!("row {seq}"),
        };
        unit.renew_audit_head();
        let accepted = json::AuditAccepted { schema: "tg.audit_accepted/1", noted: noted.clone() };
        Ok((accepted, Told::change(noted, "the end of the log as it stands").with(because)))
    })
    .await
}
