//! Numbers from a seed: which moment comes next.

/// The method that delivers messages.
pub(super) const SEND: &str = "messages.sendMessage";

/// When to kill: so many calls after the start of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Calls of this method alone; of any method if there is none.
    pub(super) method: Option<&'static str>,
    /// How many; at least 1.
    pub(super) calls: u64,
}

/// Draws moments. The same seed gives the same numbers, in every build of this program.
#[derive(Clone, Debug)]
pub(super) struct Draw {
    state: u64,
}

impl Draw {
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The next moment, when `open` recipients have no message yet and `left` kills are to come: such
    /// that the campaign lasts until about the last kill. Three in four are counted in
    /// sends, and one in calls of any kind, which falls upon signing in and asking for addresses.
    pub(super) fn moment(&mut self, open: u64, left: u64) -> Moment {
        // Half of the calls repeat what a kill left in doubt; the reserve is for the tail.
        let mean = open.saturating_mul(2) / left.saturating_add(left / 10 + 4);
        let method = if self.next().is_multiple_of(4) { None } else { Some(SEND) };
        // Uniform from 1 to twice the mean.
        Moment { method, calls: 1 + self.next() % mean.saturating_mul(2).max(1) }
    }

    /// A number below `end`; 0 if that is 0.
    pub(super) const fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.next() % end }
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014): a step of a Weyl sequence, and a mix.
    const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::{Draw, Moment, SEND};

    /// Moments of a campaign in which every call is a message that nobody had yet, which is the
    /// worst case; and how many have none when nine in ten kills are over.
    fn moments(seed: u64, kills: u64, recipients: u64) -> (Vec<Moment>, u64) {
        let (mut draw, mut open) = (Draw::new(seed), recipients);
        let draw = |left| {
            let moment = draw.moment(open, left);
            open = open.saturating_sub(moment.calls);
            moment
        };
        ((kills / 10 + 1..=kills).rev().map(draw).collect(), open)
    }

    #[test]
    fn a_seed_gives_the_same_moments_and_another_one_others() {
        assert_eq!(moments(1, 50, 1000), moments(1, 50, 1000));
        assert_ne!(moments(1, 50, 1000), moments(2, 50, 1000));
    }

    #[test]
    fn nine_in_ten_kills_fit_into_every_campaign() {
        for seed in 0..50 {
            for (kills, recipients) in [(300, 5000), (12, 200), (5, 100)] {
                let (moments, open) = moments(seed, kills, recipients);
                assert!(open > 0, "seed {seed}: {kills} kills");
                assert!(moments.iter().all(|moment| moment.calls > 0));
            }
        }
        let (moments, _) = moments(1, 300, 5000);
        let sends = moments.iter().filter(|moment| moment.method == Some(SEND)).count();
        assert!((162..243).contains(&sends), "{sends}");
    }
}
