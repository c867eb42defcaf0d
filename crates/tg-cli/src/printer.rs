//! Everything that leaves the program: results on stdout, the rest on stderr. A reader that goes
//! away (`tg … | head`) is no error.

use crate::config::Format;
use crate::env;
use crate::error::CliError;
use crate::exit::Exit;
use serde::Serialize;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The way out.
#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    out: Mutex<Out>,
    terminal: bool,
    colour: bool,
}

#[derive(Debug)]
struct Out {
    stream: BufWriter<Stdout>,
    /// The reader has gone: nobody wants more.
    gone: bool,
}

impl Printer {
    /// Prints in `format`.
    pub(crate) fn new(format: Format) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let terminal = io::stderr().is_terminal() && !dumb;
        Self {
            format,
            out: Mutex::new(Out { stream: BufWriter::new(io::stdout()), gone: false }),
            terminal,
            colour: terminal && env::NO_COLOR.value().is_none(),
        }
    }

    /// Whether scripts are reading.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether progress may be drawn: people are reading, and stderr is a terminal.
    pub(crate) fn draws(&self) -> bool {
        self.terminal && !self.is_json()
    }

    /// Whether stderr takes colours.
    pub(crate) const fn colour(&self) -> bool {
        self.colour
    }

    /// A command's result: one JSON document, or what `human` makes of it.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(crate) fn result<T: Serialize>(
        &self,
        value: &T,
        human: impl FnOnce(&T) -> String,
    ) -> Result<(), CliError> {
        if self.is_json() { self.json(value) } else { self.text(&human(value)) }
    }

    /// One line of JSON on stdout.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(crate) fn json<T: Serialize>(&self, value: &T) -> Result<(), CliError> {
        let mut line = serde_json::to_vec(value).map_err(|error| {
            CliError::new(Exit::Failed, "internal", "a result cannot be written as JSON")
                .because(&error)
        })?;
        line.push(b'\n');
        self.write(&line)
    }

    /// Text for people on stdout, ended by one line end.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(crate) fn text(&self, text: &str) -> Result<(), CliError> {
        let text = text.trim_end_matches('\n');
        if text.is_empty() {
            return Ok(());
        }
        self.write(format!("{text}\n").as_bytes())
    }

    /// A remark for people on stderr; scripts do not see it.
    pub(crate) fn note(&self, text: &str) {
        if !self.is_json() {
            // Nobody can be told that stderr is gone.
            let _ = writeln!(io::stderr(), "{text}");
        }
    }

    /// A failed command, on stderr.
    pub(crate) fn error(&self, error: &CliError) {
        let text = if self.is_json() { error.json() } else { error.human(self.colour) };
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Whether the reader has gone: what streams may end.
    pub(crate) fn is_gone(&self) -> bool {
        self.lock().gone
    }

    /// Hands what is buffered to the reader.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(crate) fn flush(&self) -> Result<(), CliError> {
        let mut out = self.lock();
        let result = out.stream.flush();
        out.settle(result)
    }

    /// Flushes if nobody is printing at this moment: for a process that ends now.
    pub(crate) fn flush_at_once(&self) {
        if let Ok(mut out) = self.out.try_lock() {
            let _ = out.stream.flush();
        }
    }

    /// Bytes of a stream on stdout, as they are.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<(), CliError> {
        let mut out = self.lock();
        if out.gone {
            return Ok(());
        }
        let result = out.stream.write_all(bytes);
        out.settle(result)
    }

    fn lock(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Out {
    fn settle(&mut self, result: io::Result<()>) -> Result<(), CliError> {
        match result {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.gone = true;
                Ok(())
            }
            Err(error) => {
                self.gone = true;
                Err(CliError::new(Exit::Failed, "stdout", "cannot write to stdout").because(&error))
            }
        }
    }
}
