//! `tg completions`: what a shell needs to complete commands.

use crate::args::Cli;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use clap::CommandFactory;
use clap_complete::Shell;

/// Runs the verb.
pub(super) fn run(context: &Context, shell: Shell) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "tg", &mut script);
    context.printer.write(&script)?;
    Ok(Exit::Done)
}
