//! Adding proxies, one or a list of them.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json::{ProxyAdd, RejectedLine};
use crate::permissions::Permission;
use secrecy::SecretString;
use std::sync::Arc;
use tg_core::ids::Slug;
use tg_core::ports::{StoreError, Unit};
use tg_core::time::Timestamp;
use tg_security::validate::{parse_proxy, proxy_password};
use tg_security::{SealedRoutes, Sealer, vault};

/// What stands for "no proxy" where one is named.
pub(super) const NONE: &str = "none";

/// A proxy as somebody wrote it.
#[derive(Debug)]
pub struct NewProxy {
    /// The line it stands on, from 1; reported with what is wrong.
    pub line: u64,
    /// The name for it; made from its address if there is none.
    pub name: Option<String>,
    /// `socks5://USER@HOST:PORT`, or `HOST:PORT:USER:PASSWORD`.
    pub text: String,
    /// Its password, if it does not stand in the text.
    pub password: Option<SecretString>,
}

/// Adds proxies: those that can be used, in one transaction; the others are reported by line.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn add(app: &App, actor: &Actor, proxies: Vec<NewProxy>) -> Result<ProxyAdd, AppError> {
    let act = Act::begin(app, actor, Permission::ProxyAdd, "proxies", None).await?;
    let sealer = Arc::clone(&app.sealer);
    act.write(move |unit, at| {
        let mut done =
            ProxyAdd { schema: "tg.proxy_add/1", added: Vec::new(), rejected: Vec::new() };
        for new in proxies {
            match one(unit, &sealer, &new, at) {
                Ok(name) => done.added.push(name.to_string()),
                Err(Rejected::Line(reason)) => {
                    done.rejected.push(RejectedLine { line: new.line, reason });
                }
                Err(Rejected::All(error)) => return Err(error),
            }
        }
        let detail = format!("{} added, {} rejected", done.added.len(), done.rejected.len());
        Ok((done, detail))
    })
    .await
}

/// Why a proxy was not added.
enum Rejected {
    /// This one cannot be used.
    Line(String),
    /// Nothing can be done.
    All(AppError),
}

impl<E: Into<AppError>> From<E> for Rejected {
    fn from(error: E) -> Self {
        Self::All(error.into())
    }
}

fn one(
    unit: &mut dyn Unit,
    sealer: &Sealer,
    new: &NewProxy,
    at: Timestamp,
) -> Result<Slug, Rejected> {
    let line = |error: &dyn std::fmt::Display| Rejected::Line(error.to_string());
    let written = parse_proxy(&new.text).map_err(|error| line(&error))?;
    let password = match &new.password {
        None => written.password,
        Some(given) => {
            use secrecy::ExposeSecret;
            Some(proxy_password(given.expose_secret()).map_err(|error| line(&error))?)
        }
    };
    if written.address.username.is_some() && password.is_none() {
        return Err(Rejected::Line("the proxy has a username and no password".to_owned()));
    }
    let known = unit.proxies()?;
    if let Some(other) = known.iter().find(|known| known.address == written.address) {
        return Err(Rejected::Line(format!("this way out is here already, as \"{}\"", other.name)));
    }
    let name = match &new.name {
        Some(name) => Slug::parse(name).map_err(|error| line(&error))?,
        None => derived(&written.address.host, |name| known.iter().any(|p| p.name == *name))
            .ok_or_else(|| {
                Rejected::Line("no name could be made for it: give it one".to_owned())
            })?,
    };
    if name.as_str() == NONE {
        return Err(Rejected::Line("\"none\" stands for no proxy: choose another name".to_owned()));
    }
    match unit.add_proxy(&name, &written.address, at) {
        Ok(_) => {}
        Err(StoreError::Taken { .. }) => {
            return Err(Rejected::Line(format!("there is a proxy \"{name}\" already")));
        }
        Err(error) => return Err(error.into()),
    }
    if let Some(password) = &password {
        vault::set(unit, sealer, &SealedRoutes::secret_name(name.clone()), password, at)?;
    }
    Ok(name)
}

/// A name that is not taken, made of a host's.
fn derived(host: &str, taken: impl Fn(&Slug) -> bool) -> Option<Slug> {
    const MOST: u32 = 10_000;
    let base: String =
        host.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let base = base.trim_start_matches(['-', '.']);
    let base: String = base.chars().take(56).collect();
    let base = if base.is_empty() { "proxy".to_owned() } else { base };
    (1..MOST)
        .map(|n| if n == 1 { base.clone() } else { format!("{base}-{n}") })
        .filter_map(|name| Slug::parse(&name).ok())
        .find(|name| !taken(name))
}
