//! What the kills met, in numbers.

use serde::Serialize;

use super::kills::Met;

/// Upper ends of the classes of claimed rows; the last class has none.
const CLASSES: [(u64, &str); 6] = [
    (0, "none"),
    (8, "1 to 8"),
    (32, "9 to 32"),
    (64, "33 to 64"),
    (256, "65 to 256"),
    (u64::MAX, "more"),
];

/// Sums over all kills.
#[derive(Debug, Default, Serialize)]
pub(super) struct Histogram {
    /// Kills.
    pub(super) kills: u64,
    /// Kills that met claimed rows.
    pub(super) met_claimed: u64,
    /// Kills that met rows which the killed run itself had claimed.
    pub(super) met_fresh: u64,
    /// Kills that met messages which had arrived and were not settled.
    pub(super) met_delivered: u64,
    /// Rows met in each state, all kills together.
    pub(super) rows: Rows,
    /// Kills by the number of claimed rows that they met.
    pub(super) by_claimed: Vec<Class>,
}

/// Rows by state.
#[derive(Debug, Default, Serialize)]
pub(super) struct Rows {
    planned: u64,
    claimed_undelivered: u64,
    claimed_delivered: u64,
    sent: u64,
    other: u64,
}

/// A class of the histogram.
#[derive(Debug, Serialize)]
pub(super) struct Class {
    claimed: &'static str,
    kills: u64,
}

impl Histogram {
    pub(super) fn new(met: &[Met]) -> Self {
        let count = |is_it: &dyn Fn(&Met) -> bool| {
            met.iter().fold(0u64, |n, kill| n + u64::from(is_it(kill)))
        };
        let sum = |of: &dyn Fn(&Met) -> u64| met.iter().map(of).sum();
        let lower = [0].into_iter().chain(CLASSES.iter().map(|(upper, _)| upper.saturating_add(1)));
        let by_claimed = lower
            .zip(CLASSES)
            .map(|(lower, (upper, claimed))| Class {
                claimed,
                kills: count(&|kill| (lower..=upper).contains(&kill.claimed())),
            })
            .collect();
        Self {
            kills: count(&|_| true),
            met_claimed: count(&|kill| kill.claimed() > 0),
            met_fresh: count(&|kill| kill.fresh > 0),
            met_delivered: count(&|kill| kill.claimed_delivered > 0),
            rows: Rows {
                planned: sum(&|kill| kill.planned),
                claimed_undelivered: sum(&|kill| kill.claimed_undelivered),
                claimed_delivered: sum(&|kill| kill.claimed_delivered),
                sent: sum(&|kill| kill.sent),
                other: sum(&|kill| kill.other),
            },
            by_claimed,
        }
    }

    /// As lines for a person.
    pub(super) fn lines(&self) -> Vec<String> {
        let share =
            |n: u64| format!("{n:>6}  {:>3} %", (n * 100).checked_div(self.kills).unwrap_or(0));
        let mut lines = vec![
            format!("kills                                  {:>6}", self.kills),
            format!("kills that met claimed rows            {}", share(self.met_claimed)),
            format!("… claimed by the run that was killed   {}", share(self.met_fresh)),
            format!("… with the message already delivered   {}", share(self.met_delivered)),
            "kills by the number of claimed rows that they met".to_owned(),
        ];
        let most = self.by_claimed.iter().map(|class| class.kills).max().unwrap_or(0).max(1);
        for Class { claimed, kills } in &self.by_claimed {
            let bar = usize::try_from(kills * 40 / most).unwrap_or(0);
            lines.push(format!("  {claimed:<10} {kills:>6}  {}", "#".repeat(bar)));
        }
        let Rows { planned, claimed_undelivered, claimed_delivered, sent, other } = &self.rows;
        lines.push("rows by the state in which a kill met them, all kills together".to_owned());
        for (state, rows) in [
            ("planned", planned),
            ("claimed, not delivered", claimed_undelivered),
            ("claimed, delivered", claimed_delivered),
            ("sent", sent),
            ("ended otherwise", other),
        ] {
            lines.push(format!("  {state:<24} {rows:>9}"));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::{Histogram, Met};

    #[test]
    fn every_kill_is_in_one_class() {
        let kill = |claimed_undelivered, claimed_delivered, fresh| Met {
            claimed_undelivered,
            claimed_delivered,
            fresh,
            sent: 10,
            ..Met::default()
        };
        let kills =
            [kill(0, 0, 0), kill(7, 1, 0), kill(9, 0, 9), kill(64, 0, 1), kill(900, 100, 0)];
        let histogram = Histogram::new(&kills);
        let classes: Vec<u64> = histogram.by_claimed.iter().map(|class| class.kills).collect();
        assert_eq!(classes, [1, 1, 1, 1, 0, 1]);
        assert_eq!((histogram.kills, histogram.met_claimed), (5, 4));
        assert_eq!((histogram.met_fresh, histogram.met_delivered), (2, 2));
        assert_eq!(histogram.rows.sent, 50);
        let text = histogram.lines().join("\n");
        assert!(text.contains("     4   80 %"), "{text}");
    }
}
