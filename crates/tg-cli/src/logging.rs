//! Logs: off unless asked for, always on stderr, so that stdout stays what scripts read.

use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use tracing_subscriber::EnvFilter;

/// Switches logging on if `TG_LOG` says so, with tracing's filter syntax: `info`,
/// `tg_engine=debug,warn`.
///
/// # Errors
/// If the filter is not understood.
pub(crate) fn start(colour: bool) -> Result<(), CliError> {
    let Some(filter) = env::LOG.text()? else { return Ok(()) };
    let filter = EnvFilter::try_new(&filter).map_err(|error| {
        CliError::new(
            Exit::Usage,
            "bad_environment",
            format!("{} is not a log filter", env::LOG.name),
        )
        .because(&error)
        .hint(format!(
            "for example {}=info or {}=tg_engine=debug",
            env::LOG.name,
            env::LOG.name
        ))
    })?;
    // Only the first subscriber of a process counts, and this is called once.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .try_init();
    Ok(())
}
