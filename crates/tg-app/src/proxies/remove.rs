//! Taking a proxy away.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json::ProxyRemove;
use crate::named;
use crate::permissions::Permission;
use tg_security::SealedRoutes;
use tg_security::vault::{self, VaultError};

/// Takes a spare proxy away, with its password.
///
/// # Errors
/// If there is none of that name; a refusal if an account goes through it.
pub async fn remove(app: &App, actor: &Actor, name: &str) -> Result<ProxyRemove, AppError> {
    let act = Act::begin(app, actor, Permission::ProxyRemove, "proxy", Some(name)).await?;
    let name = named::slug(name)?;
    act.write(move |unit, _| {
        let proxy = named::proxy(unit, &name)?;
        if let Some((_, owner)) = proxy.account {
            return Err(AppError::refused(
                "proxy_in_use",
                format!("the account \"{owner}\" goes through the proxy \"{name}\""),
            )
            .advise(format!(
                "`tg proxy replace {owner}` gives it a spare, `tg proxy assign {owner}=none` lets it go directly"
            )));
        }
        unit.remove_proxy(proxy.id)?;
        match vault::remove(unit, &SealedRoutes::secret_name(name.clone())) {
            // Not every proxy asks for a password.
            Ok(()) | Err(VaultError::Missing(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let done = ProxyRemove { schema: "tg.proxy_remove/1", name: name.to_string() };
        Ok((done, proxy.address.to_string()))
    })
    .await
}
