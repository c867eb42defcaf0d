//! Where people see totals and news: a bar per campaign on a terminal, lines in a pipe.

use super::counts::Totals;
use super::lines;
use crate::text::clean;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};
use tg_core::ids::Slug;

/// What people look at.
#[derive(Debug)]
pub(super) enum Screen {
    /// A terminal.
    Bars {
        /// All bars.
        all: MultiProgress,
        /// The bar of each campaign.
        each: BTreeMap<Slug, ProgressBar>,
    },
    /// A pipe or a log.
    Lines {
        /// When the run began.
        began: Instant,
        /// What the last lines said.
        said: Totals,
    },
}

impl Screen {
    /// A screen for a terminal, or for a pipe.
    pub(super) fn new(draws: bool) -> Self {
        if draws {
            Self::Bars { all: MultiProgress::new(), each: BTreeMap::new() }
        } else {
            Self::Lines { began: Instant::now(), said: Totals::default() }
        }
    }

    /// How long to wait between two looks at the totals.
    pub(super) const fn tick(&self) -> Duration {
        match self {
            Self::Bars { .. } => Duration::from_millis(100),
            Self::Lines { .. } => Duration::from_secs(1),
        }
    }

    /// Says a line, above the bars if there are any.
    pub(super) fn say(&self, line: &str) {
        let line = clean(line);
        // Nobody can be told that stderr is gone.
        match self {
            Self::Bars { all, .. } => drop(all.println(line)),
            Self::Lines { .. } => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }

    /// Shows the totals as they are now.
    pub(super) fn show(&mut self, totals: &Totals) {
        match self {
            Self::Bars { all, each } => {
                for (name, counts) in &totals.0 {
                    let bar = each.entry(name.clone()).or_insert_with(|| all.add(bar(name)));
                    if counts.recipients > 0 {
                        bar.set_length(counts.recipients);
                    }
                    bar.set_position(counts.ended());
                    bar.set_message(lines::outcomes(counts));
                }
            }
            Self::Lines { began, said } => {
                for (name, counts) in &totals.0 {
                    let new = said.0.get(name) != Some(counts);
                    if new && counts.ended_here() + counts.deferred > 0 {
                        let line = lines::total(name.as_str(), counts, began.elapsed());
                        drop(writeln!(std::io::stderr(), "{line}"));
                    }
                }
                said.clone_from(totals);
            }
        }
    }

    /// Leaves the last totals standing.
    pub(super) fn end(self) {
        if let Self::Bars { each, .. } = self {
            for bar in each.into_values() {
                bar.abandon();
            }
        }
    }
}

fn bar(name: &Slug) -> ProgressBar {
    let bar = ProgressBar::no_length();
    let template = "{prefix} [{bar:30}] {human_pos}/{human_len}  {msg}  ({per_sec})";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_prefix(name.to_string());
    bar
}
