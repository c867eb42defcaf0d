//! What happened when, as plots: deliveries, answers and waits, each over the time that it took.

use super::chart::{self, Series};
use crate::text::span;
use plotters::prelude::RGBColor;
use serde::Serialize;
use std::time::Duration;
use tg_app::json::{Timeline, TimelineSlice};

pub(super) const BLUE: RGBColor = RGBColor(47, 111, 222);
pub(super) const RED: RGBColor = RGBColor(217, 72, 65);
pub(super) const GREY: RGBColor = RGBColor(140, 149, 162);
pub(super) const AMBER: RGBColor = RGBColor(227, 160, 8);
pub(super) const GREEN: RGBColor = RGBColor(42, 157, 99);
pub(super) const VIOLET: RGBColor = RGBColor(138, 63, 252);

/// A moment as people read it.
pub(super) const DAY_AND_TIME: &str = "%Y-%m-%d %H:%M";

/// A moment as reports write it.
pub(super) fn moment(text: Option<&str>) -> Option<jiff::Timestamp> {
    text.and_then(|text| text.parse().ok())
}

/// The most slices that a plot shows.
const WIDEST: usize = 600;

#[derive(Serialize)]
struct Key {
    colour: String,
    what: &'static str,
}

#[derive(Serialize)]
pub(super) struct Figure {
    title: &'static str,
    svg: String,
    keys: Vec<Key>,
    says: String,
}

/// A colour as pages write it.
pub(super) fn css(colour: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

type Pick = fn(&TimelineSlice) -> u64;
/// Name, colour and number of each part of a bar.
type Part = (&'static str, RGBColor, Pick);

/// What a plot counts, below its title.
const PLOTS: [(&str, &[Part]); 3] = [
    (
        "Delivered over time",
        &[
            ("sent", BLUE, |slice| slice.sent),
            ("failed", RED, |slice| slice.failed),
            ("unknown", AMBER, |slice| slice.unknown),
        ],
    ),
    (
        "Answers over time",
        &[
            ("answers", GREEN, |slice| slice.replies - slice.opt_outs),
            ("opt-outs", VIOLET, |slice| slice.opt_outs),
        ],
    ),
    ("Waits that Telegram imposed", &[("waits", AMBER, |slice| slice.waits)]),
];

/// The plots of which there is anything to show.
///
/// # Errors
/// If one cannot be laid out.
pub(super) fn figures(
    timeline: &Timeline,
) -> Result<Vec<Figure>, Box<dyn std::error::Error + Send + Sync>> {
    let mut figures = Vec::new();
    for (title, parts) in PLOTS {
        let counts = |slice: &&TimelineSlice| parts.iter().any(|(_, _, pick)| pick(slice) > 0);
        let counted: Vec<_> = timeline.slices.iter().filter(counts).collect();
        let Some(dense) = Dense::new(&counted, timeline.span_seconds) else { continue };
        let series: Vec<_> = parts
            .iter()
            .map(|(_, colour, pick)| Series { colour: *colour, values: dense.values(*pick) })
            .collect();
        let keys = parts
            .iter()
            .zip(&series)
            .filter(|(_, series)| series.values.iter().any(|value| *value > 0))
            .map(|((what, colour, _), _)| Key { colour: css(*colour), what })
            .collect();
        figures.push(Figure {
            title,
            svg: chart::bars(&series, &dense.labels())?,
            keys,
            says: format!(
                "Each bar is {}, from {} UTC on.",
                span(Duration::from_secs(timeline.span_seconds)),
                dense.first.strftime(DAY_AND_TIME)
            ),
        });
    }
    Ok(figures)
}

/// Slices without the gaps between them.
struct Dense<'a> {
    first: jiff::Timestamp,
    span: i64,
    slices: Vec<Option<&'a TimelineSlice>>,
}

impl<'a> Dense<'a> {
    /// From the first slice to the last, or as many as a plot shows; `None` if there are none.
    fn new(counted: &[&'a TimelineSlice], span: u64) -> Option<Self> {
        let span = i64::try_from(span).ok().filter(|span| *span > 0)?;
        let first = moment(counted.first().map(|slice| slice.from.as_str()))?;
        let mut slices = Vec::new();
        for slice in counted {
            let from = moment(Some(&slice.from))?;
            let at = usize::try_from((from.as_second() - first.as_second()) / span).ok()?;
            if at >= WIDEST {
                break;
            }
            slices.resize(at, None);
            slices.push(Some(*slice));
        }
        Some(Self { first, span, slices })
    }

    fn values(&self, pick: Pick) -> Vec<u64> {
        self.slices.iter().map(|slice| slice.map_or(0, pick)).collect()
    }

    /// What each slice is called: the time of the day, for long ones the day.
    fn labels(&self) -> Vec<String> {
        let format = match self.span {
            ..60 => "%H:%M:%S",
            60..1_800 => "%H:%M",
            1_800..43_200 => "%b %d %H:%M",
            _ => "%b %d",
        };
        let starts = self.slices.iter().scan(self.first.as_second(), |second, _| {
            let at = *second;
            *second += self.span;
            Some(at)
        });
        starts
            .map(|second| {
                jiff::Timestamp::from_second(second)
                    .map_or_else(|_| String::new(), |at| at.strftime(format).to_string())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn slice(from: &str, sent: u64, replies: u64) -> TimelineSlice {
        TimelineSlice { from: from.to_owned(), sent, replies, ..TimelineSlice::default() }
    }

    #[test]
    fn a_plot_begins_and_ends_with_what_it_shows() {
        let slices = vec![
            slice("2026-11-23T10:00:00Z", 4, 0),
            slice("2026-11-23T10:03:00Z", 2, 0),
            slice("2026-11-23T10:09:00Z", 0, 1),
        ];
        let timeline = Timeline { span_seconds: 60, slices };
        let shown = figures(&timeline).unwrap();
        let titles: Vec<_> = shown.iter().map(|figure| figure.title).collect();
        assert_eq!(titles, ["Delivered over time", "Answers over time"]);
        let counted: Vec<_> = timeline.slices.iter().take(2).collect();
        let dense = Dense::new(&counted, 60).unwrap();
        assert_eq!(dense.values(|slice| slice.sent), [4, 0, 0, 2]);
        assert_eq!(dense.labels(), ["10:00", "10:01", "10:02", "10:03"]);
        assert!(Dense::new(&[], 60).is_none());
    }
}
