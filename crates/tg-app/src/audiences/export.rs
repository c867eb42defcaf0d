//! Taking a list out: everybody on it, page by page, whole phone numbers included.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use std::io;
use std::ops::ControlFlow;
use tg_core::audience::Listed;

/// People of one page: what is held in memory at a time.
const PAGE: usize = 1_000;

/// Takes the people of one list.
pub trait ExportSink: Send {
    /// Begins, with the list's further columns.
    ///
    /// # Errors
    /// If it cannot be written.
    fn begin(&mut self, fields: &[String]) -> io::Result<()>;

    /// Takes one person; breaks if nobody reads on.
    ///
    /// # Errors
    /// If it cannot be written.
    fn member(&mut self, member: &json::Member) -> io::Result<ControlFlow<()>>;
}

/// Hands everybody on a list to `sink`, in order of rows, and says how many it took. The audit row
/// is there before the first person leaves.
///
/// # Errors
/// If there is no such list, or the sink fails.
pub async fn export(
    app: &App,
    actor: &Actor,
    name: &str,
    sink: &mut dyn ExportSink,
) -> Result<u64, AppError> {
    let act = Act::begin(app, actor, Permission::AudienceExport, "audience", Some(name)).await?;
    let name = named::slug(name)?;
    let audience = act
        .write(move |unit, _| {
            let audience = named::audience(unit, &name)?;
            let found = unit.audience_summaries()?.into_iter().find(|s| s.audience.name == name);
            let people = found.map_or(0, |summary| summary.members);
            Ok((audience, format!("{people} people, with whole phone numbers")))
        })
        .await?;
    let failed = |error| AppError::failed("export", "the list cannot be written").because(error);
    sink.begin(&audience.fields).map_err(failed)?;
    let (mut people, mut after) = (0, None);
    loop {
        let page: Vec<Listed> =
            act.read(move |unit| Ok(unit.listed(audience.id, after, PAGE)?)).await?;
        let Some(last) = page.last() else { return Ok(people) };
        after = Some(last.contact.id);
        for listed in &page {
            let member = json::Member::from(listed);
            if sink.member(&member).map_err(failed)?.is_break() {
                return Ok(people);
            }
            people += 1;
        }
    }
}
