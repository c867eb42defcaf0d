//! Where people see totals and news: a bar per campaign on a terminal, lines in a pipe.

use super::counts::Totals;
use super::lines;
use crate::text::clean;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};
use tg_core::ids::Slug;

/// Lines come every second at first, and less often in a long run.
const OFTEN: Duration = Duration::from_secs(1);
const SELDOM: Duration = Duration::from_secs(10);
/// From when on they come less often.
const LONG: Duration = Duration::from_secs(60);

/// What people look at.
#[derive(Debug)]
pub(super) struct Screen {
    began: Instant,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    /// A terminal: all bars, and the bar of each campaign.
    Bars(MultiProgress, BTreeMap<Slug, ProgressBar>),
    /// A pipe or a log: what the last lines said.
    Lines(Totals),
}

impl Screen {
    /// A screen for a terminal, or for a pipe.
    pub(super) fn new(draws: bool) -> Self {
        let kind = if draws {
            Kind::Bars(MultiProgress::new(), BTreeMap::new())
        } else {
            Kind::Lines(Totals::default())
        };
        Self { began: Instant::now(), kind }
    }

    /// How long to wait between two looks at the totals.
    pub(super) fn tick(&self) -> Duration {
        match self.kind {
            Kind::Bars(..) => Duration::from_millis(100),
            Kind::Lines(_) if self.began.elapsed() < LONG => OFTEN,
            Kind::Lines(_) => SELDOM,
        }
    }

    /// Says a line, above the bars if there are any.
    pub(super) fn say(&self, line: &str) {
        let line = clean(line);
        // Nobody can be told that stderr is gone.
        match &self.kind {
            Kind::Bars(all, _) => drop(all.println(line)),
            Kind::Lines(_) => drop(writeln!(std::io::stderr(), "{line}")),
        }
    }

    /// Shows the totals as they are now.
    pub(super) fn show(&mut self, totals: &Totals) {
        let running = self.began.elapsed();
        match &mut self.kind {
            Kind::Bars(all, each) => {
                // Nothing is drawn for a campaign before it is known how large it is.
                for (name, counts) in totals.0.iter().filter(|(_, c)| c.recipients > 0) {
                    let bar = each.entry(name.clone()).or_insert_with(|| all.add(bar(name)));
                    bar.set_length(counts.recipients);
                    bar.set_message(lines::pace(counts, running));
                    bar.set_position(counts.ended());
                }
            }
            Kind::Lines(said) => {
                for (name, counts) in &totals.0 {
                    let new = said.0.get(name) != Some(counts);
                    if new && counts.ended_here() + counts.deferred > 0 {
                        let line = lines::total(name.as_str(), counts, running);
                        drop(writeln!(std::io::stderr(), "{line}"));
                    }
                }
                said.clone_from(totals);
            }
        }
    }

    /// Leaves the last totals standing.
    pub(super) fn end(self) {
        if let Kind::Bars(_, each) = self.kind {
            for bar in each.into_values() {
                bar.abandon();
            }
        }
    }
}

fn bar(name: &Slug) -> ProgressBar {
    // Hidden until it is among the others: setting it up would draw it on a line of its own.
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
    let template = "{prefix} [{bar:30}] {human_pos}/{human_len}  {msg}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_prefix(name.to_string());
    bar
}
