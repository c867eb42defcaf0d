//! Taking a list out: everybody on it, page by page, whole phone numbers included.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use crate::segments::{Asked, Whom};
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

/// Hands those who are meant of a list to `sink`, in order of rows, and says how many it took. The audit row
/// is there before the first person leaves.
///
/// # Errors
/// If there is no such list, the choice cannot be read, or the sink fails.
pub async fn export(
    app: &App,
    actor: &Actor,
    name: &str,
    whom: Whom<'_>,
    sink: &mut dyn ExportSink,
) -> Result<u64, AppError> {
    let act = Act::begin(app, actor, Permission::AudienceExport, "audience", Some(name)).await?;
    let (name, asked, now) = (named::slug(name)?, Asked::read(whom)?, app.clock.now());
    let (audience, choice) = act
        .write(move |unit, _| {
            let audience = named::audience(unit, &name)?;
            let choice = asked.choice(unit, &audience, now)?.map(|(choice, _)| choice);
            let (people, which) = match &choice {
                None => (unit.member_count(audience.id)?, String::new()),
                Some(choice) => (unit.count_chosen(choice)?, format!(": {}", choice.filter)),
            };
            let told = format!("{people} people, with whole phone numbers{which}");
            Ok(((audience, choice), told))
        })
        .await?;
    let failed = |error| AppError::failed("export", "the list cannot be written").because(error);
    sink.begin(&audience.fields).map_err(failed)?;
    let (mut people, mut after) = (0, None);
    loop {
        let choice = choice.clone();
        let page: Vec<Listed> = act
            .read(move |unit| {
                Ok(match choice {
                    None => unit.listed(audience.id, after, PAGE)?,
                    Some(choice) => unit.chosen(&choice, after, PAGE)?,
                })
            })
            .await?;
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
