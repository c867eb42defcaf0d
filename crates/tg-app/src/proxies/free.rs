//! The way of an account that is only about to come in.

use crate::error::AppError;
use crate::named;
use tg_core::ids::Slug;
use tg_core::ports::{Route, Unit};
use tg_security::{SealedRoutes, Sealer};

/// The proxy that the account will have, if it is nobody's; without one, directly.
///
/// # Errors
/// If there is no such proxy, or it is another account's.
pub(crate) fn free_route(
    unit: &dyn Unit,
    sealer: &Sealer,
    proxy: Option<&Slug>,
) -> Result<Route, AppError> {
    let Some(name) = proxy else { return Ok(Route { proxy: None, not_before: None }) };
    let proxy = named::proxy(unit, name)?;
    if let Some((_, owner)) = &proxy.account {
        return Err(AppError::refused(
            "proxy_conflict",
            format!("the proxy \"{name}\" is \"{owner}\"'s"),
        )
        .advise("a proxy is for one account; `tg proxy list` shows the spares"));
    }
    Ok(Route { proxy: Some(SealedRoutes::whole(unit, sealer, proxy)?), not_before: None })
}
