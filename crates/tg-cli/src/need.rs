//! What an act needs, asked for before its files, secrets and settings are looked at.

use crate::error::CliError;
use crate::wire::Opened;
use tg_app::Permission;

/// A permission, and what it is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need<'a> {
    /// The permission.
    pub(crate) permission: Permission,
    /// What it is done to, as the audit log says it.
    pub(crate) noun: &'static str,
    /// Which one, if it has a name.
    pub(crate) name: Option<&'a str>,
}

impl<'a> Need<'a> {
    /// A permission for all of a kind.
    pub(crate) const fn of(permission: Permission, noun: &'static str) -> Self {
        Self { permission, noun, name: None }
    }

    /// For one of them.
    pub(crate) const fn named(self, name: &'a str) -> Self {
        Self { name: Some(name), ..self }
    }
}

impl Opened {
    /// Asks for a permission before anything else is looked at.
    ///
    /// # Errors
    /// A refusal, which is in the audit log then.
    pub(crate) async fn permit(&self, need: Need<'_>) -> Result<(), CliError> {
        let Need { permission, noun, name } = need;
        Ok(tg_app::home::permit(&self.app, &self.actor, permission, noun, name).await?)
    }
}
