//! Running the engine: who may.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::permissions::Permission;

/// Permits a run, and records who began it. What it sends is in the ledger.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn begin_run(app: &App, actor: &Actor) -> Result<(), AppError> {
    let act = Act::begin(app, actor, Permission::EngineRun, "engine", None).await?;
    act.write(|_, _| Ok(((), "begun".to_owned()))).await
}
