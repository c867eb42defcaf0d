//! Progress of one long command: a bar on a terminal, a line now and then in a pipe, nothing for scripts.

use crate::printer::Printer;
use crate::text::count;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Lines in a pipe are no more frequent.
const EVERY: Duration = Duration::from_secs(2);

/// Shows how far something is.
#[derive(Debug)]
pub(crate) enum Progress {
    /// On a terminal.
    Drawn(ProgressBar),
    /// In a pipe.
    Lines {
        /// Where lines go.
        printer: Arc<Printer>,
        /// What is counted.
        what: &'static str,
        /// When the last line was written.
        last: Instant,
    },
    /// For scripts.
    Silent,
}

impl Progress {
    /// Counts `what` ("rows read").
    pub(crate) fn new(printer: &Arc<Printer>, what: &'static str) -> Self {
        if printer.is_json() {
            return Self::Silent;
        }
        if !printer.draws() {
            return Self::Lines { printer: Arc::clone(printer), what, last: Instant::now() };
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} {msg} ({per_sec})") {
            bar.set_style(style);
        }
        bar.set_message(what);
        Self::Drawn(bar)
    }

    /// It is this far.
    pub(crate) fn at(&mut self, position: u64) {
        match self {
            Self::Drawn(bar) => bar.set_position(position),
            Self::Lines { printer, what, last } if last.elapsed() >= EVERY => {
                printer.note(&format!("{} {what}", count(position)));
                *last = Instant::now();
            }
            Self::Lines { .. } | Self::Silent => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Self::Drawn(bar) = self {
            bar.finish_and_clear();
        }
    }
}
