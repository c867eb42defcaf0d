//! Who may look at the settings.

use crate::context::Context;
use crate::error::CliError;
use crate::wire;
use tg_app::home;

/// Whoever may see the settings of this home. Where there is none, or none that opens, nobody can
/// be asked, and settings are no secret: what is wrong with the home is said elsewhere.
pub(super) async fn permitted(context: &Context) -> Result<(), CliError> {
    let asked =
        wire::with(context, async |open| Ok(home::may_see_settings(&open.app, &open.actor).await?))
            .await;
    match asked {
        Err(error) if error.is_denied() => Err(error),
        _ => Ok(()),
    }
}
