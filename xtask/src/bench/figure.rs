//! A figure: two things measured in turns, and the ratio between them.

use serde::Serialize;

/// What a ratio has to reach.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bar {
    AtMost(f64),
    AtLeast(f64),
    /// Measured to be known, not to be judged.
    None,
}

impl Bar {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtMost(bar) => value <= bar,
            Self::AtLeast(bar) => value >= bar,
            Self::None => true,
        }
    }
}

/// One line of the report.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figure {
    /// What is compared.
    pub(super) what: String,
    pub(super) unit: &'static str,
    /// Medians of either side.
    pub(super) ours: f64,
    pub(super) theirs: f64,
    /// The median of the ratios (or differences) of the pairs, with the smallest and the largest.
    pub(super) value: f64,
    pub(super) least: f64,
    pub(super) most: f64,
    /// Whether `value` is the difference of the two, not their ratio.
    pub(super) is_difference: bool,
    pub(super) bar: Bar,
    pub(super) met: bool,
    /// Every measurement, in order: ours, then theirs.
    pub(super) pairs: Vec<(f64, f64)>,
}

impl Figure {
    /// `pairs` were measured in turns: ours, theirs, ours, theirs.
    pub(super) fn ratio(
        what: impl Into<String>,
        unit: &'static str,
        pairs: Vec<(f64, f64)>,
        bar: Bar,
    ) -> Self {
        Self::new(what.into(), unit, pairs, bar, false)
    }

    /// The same, judged by how much more ours is.
    pub(super) fn difference(
        what: impl Into<String>,
        unit: &'static str,
        pairs: Vec<(f64, f64)>,
        bar: Bar,
    ) -> Self {
        Self::new(what.into(), unit, pairs, bar, true)
    }

    fn new(
        what: String,
        unit: &'static str,
        pairs: Vec<(f64, f64)>,
        bar: Bar,
        is_difference: bool,
    ) -> Self {
        let compare = |(ours, theirs): &(f64, f64)| {
            if is_difference { ours - theirs } else { ours / theirs }
        };
        let values: Vec<f64> = pairs.iter().map(compare).collect();
        let value = median(values.clone());
        Self {
            what,
            unit,
            ours: median(pairs.iter().map(|pair| pair.0).collect()),
            theirs: median(pairs.iter().map(|pair| pair.1).collect()),
            value,
            least: values.iter().copied().fold(f64::INFINITY, f64::min),
            most: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            is_difference,
            bar,
            met: bar.is_met(value),
            pairs,
        }
    }
}

/// The middle of a list, or the mean of the two in the middle; not a number if it is empty.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match (values.len() % 2, values.get(half), half.checked_sub(1).and_then(|i| values.get(i))) {
        (0, Some(above), Some(below)) => f64::midpoint(*above, *below),
        (_, Some(middle), _) => *middle,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::{Bar, Figure, median};

    #[test]
    fn the_median_is_the_middle() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(Vec::new()).is_nan());
    }

    #[test]
    fn a_ratio_is_judged_by_the_median_of_the_pairs() {
        // One disturbed pair does not decide.
        let pairs = vec![(10.0, 10.0), (90.0, 10.0), (12.0, 10.0)];
        let figure = Figure::ratio("a", "ms", pairs, Bar::AtMost(1.3));
        assert!(figure.met && (figure.value - 1.2).abs() < 1e-9);
        assert!((figure.least - 1.0).abs() < 1e-9 && (figure.most - 9.0).abs() < 1e-9);
    }

    #[test]
    fn what_could_not_be_measured_meets_no_bar() {
        assert!(!Figure::ratio("a", "ms", Vec::new(), Bar::AtMost(1.3)).met);
        assert!(!Figure::difference("a", "MiB", vec![(30.0, 5.0)], Bar::AtMost(20.0)).met);
        assert!(Figure::difference("a", "MiB", vec![(30.0, 15.0)], Bar::AtMost(20.0)).met);
    }
}
