//! What every command is given.

use crate::config::Config;
use crate::credentials::Credentials;
use crate::home::Home;
use crate::printer::Printer;
use std::sync::Arc;

/// The way out, the settings, and where the home is.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The way out.
    pub(crate) printer: Arc<Printer>,
    /// The settings.
    pub(crate) config: Config,
    /// The home; it may not exist.
    pub(crate) home: Home,
    /// What proves who types.
    pub(crate) credentials: Credentials,
}
