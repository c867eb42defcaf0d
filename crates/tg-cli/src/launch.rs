//! From the command line to an exit code: parse, settle the settings, start the runtime, dispatch.

use crate::args::{Cli, Command, parse, wants_json};
use crate::commands;
use crate::config::{Config, Format};
use crate::context::Context;
use crate::credentials::Credentials;
use crate::dumps;
use crate::error::CliError;
use crate::exit::Exit;
use crate::home::Home;
use crate::logging;
use crate::malloc;
use crate::printer::Printer;
use clap::error::ErrorKind;
use std::ffi::OsString;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

/// Threads that may block at the same time: readers of the store, files, the reporter's end.
const BLOCKING_THREADS: usize = 16;

/// Runs the program.
pub(crate) fn launch() -> Exit {
    dumps::off();
    let args: Vec<OsString> = std::env::args_os().collect();
    let cli = match parse(&args) {
        Ok(cli) => cli,
        Err(error) => return not_a_command(&error, &args),
    };
    malloc::settle(&cli.command);
    let context = match prepare(&cli) {
        Ok(context) => context,
        Err(error) => {
            let json = wants_json(&args);
            Printer::new(if json { Format::Json } else { Format::Human }).error(&error);
            return error.exit();
        }
    };
    let printer = Arc::clone(&context.printer);
    let result = execute(context, cli.command);
    let flushed = printer.flush();
    match result.and_then(|exit| flushed.map(|()| exit)) {
        Ok(exit) => exit,
        Err(error) => {
            printer.error(&error);
            error.exit()
        }
    }
}

fn prepare(cli: &Cli) -> Result<Context, CliError> {
    let home = Home::find(cli.global.home.as_deref())?;
    let config = match Config::load(&home.config(), cli.flags()) {
        // Whoever asks what is wrong is told what is wrong.
        Err(_) if cli.command.looks_for_faults() => Config::without_file(cli.flags()),
        result => result?,
    };
    let printer = Arc::new(Printer::new(config.output.value));
    logging::start(printer.colour())?;
    Ok(Context { printer, config, home, credentials: Credentials::Shown })
}

fn execute(context: Context, command: Command) -> Result<Exit, CliError> {
    let runtime = runtime(&context.config)?;
    // What is still running when a command returns has been joined by it; dropping the runtime
    // waits for nothing but idle threads.
    runtime.block_on(commands::dispatch(context, command))
}

fn runtime(config: &Config) -> Result<Runtime, CliError> {
    Builder::new_multi_thread()
        .worker_threads(usize::try_from(config.workers.value.0).unwrap_or(1))
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_name("tg")
        .enable_all()
        .build()
        .map_err(|error| {
            CliError::new(Exit::Failed, "runtime", "cannot start threads").because(&error)
        })
}

/// Help, the version, or a command line that is not understood.
fn not_a_command(error: &clap::Error, args: &[OsString]) -> Exit {
    match error.kind() {
        // A reader that went away wants no help any more.
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let _ = error.print();
            Exit::Done
        }
        _ if wants_json(args) => {
            let rendered = error.render().to_string();
            let text = rendered.trim_start_matches("error: ");
            let message = text.split("\n\n").next().unwrap_or(text).trim();
            let error = CliError::new(Exit::Usage, "usage", message).hint("tg help");
            Printer::new(Format::Json).error(&error);
            Exit::Usage
        }
        _ => {
            let _ = error.print();
            Exit::Usage
        }
    }
}
