//! Whether it is worth asking: what a failure means for this text and for those behind it.

use std::collections::BTreeMap;
use std::time::Duration;
use tg_core::failure::{Failure, FailureClass};
use tg_core::ids::CampaignId;
use tg_core::personal::Fallback;
use tg_core::ports::{Entropy, may_have_cost};
use tg_core::retry::RetryPolicy;
use tg_core::time::Timestamp;

/// Pauses between attempts of one text.
const PAUSES: RetryPolicy = RetryPolicy {
    initial: Duration::from_millis(500),
    max: Duration::from_secs(30),
    factor: 2.0,
    jitter: 0.25,
};
/// Attempts of one text that may each have been paid for.
const PAID_ATTEMPTS: u32 = 3;
/// After an outage that lasted longer than it is waited for, asked again after so long.
const OUTAGE: Duration = Duration::from_secs(30);
/// After a refusal that a person has to put right.
const REFUSAL: Duration = Duration::from_secs(600);
/// No "later" is believed for longer.
const LATER: Duration = Duration::from_secs(3_600);

/// What is known of the model and of the campaigns' budgets.
#[derive(Debug, Default)]
pub(super) struct Mood {
    /// Since when nothing but failures came.
    failing_since: Option<Timestamp>,
    /// Until when nothing is asked, and what recipients' templates are sent for.
    hopeless: Option<(Timestamp, Fallback)>,
    /// The same for single campaigns.
    spent: BTreeMap<CampaignId, (Timestamp, Fallback)>,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask again after a pause.
    Again(Duration),
    /// The template is sent.
    Template(Fallback),
}

impl Mood {
    /// Why there is no point in asking for a text of the campaign now.
    pub(super) fn hopeless(&self, campaign: CampaignId, now: Timestamp) -> Option<Fallback> {
        let holds = |(until, reason): &(Timestamp, Fallback)| (*until > now).then_some(*reason);
        self.hopeless.as_ref().and_then(holds).or_else(|| self.spent.get(&campaign).and_then(holds))
    }

    /// An answer came.
    pub(super) fn answered(&mut self) {
        self.failing_since = None;
        self.hopeless = None;
    }

    /// A budget does not hold another text.
    pub(super) fn spent(&mut self, campaign: CampaignId, until: Timestamp, reason: Fallback) {
        self.spent.insert(campaign, (until, reason));
    }

    /// A question failed; `tried` times this text may have been paid for without an answer.
    pub(super) fn failed(
        &mut self,
        failure: &Failure,
        tried: u32,
        patience: Duration,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> Next {
        let since = *self.failing_since.get_or_insert(now);
        let left = patience.saturating_sub(now.since(since));
        let (reason, closed, pause) = match &failure.class {
            FailureClass::Refused(_) | FailureClass::Elsewhere { .. } => {
                self.hopeless = Some((now + REFUSAL, Fallback::Refused));
                return Next::Template(Fallback::Refused);
            }
            FailureClass::Wait { delay, .. } => {
                let daily = failure.reason == "quota_per_day";
                let reason = if daily { Fallback::Quota } else { Fallback::Throttled };
                (reason, (*delay).min(LATER), *delay)
            }
            FailureClass::Ambiguous | FailureClass::InFlight => {
                let silent = failure.reason == "timeout";
                let reason = if silent { Fallback::Timeout } else { Fallback::Unavailable };
                if may_have_cost(failure) && tried >= PAID_ATTEMPTS {
                    return Next::Template(reason);
                }
                (reason, OUTAGE, PAUSES.delay(tried.min(6), entropy))
            }
        };
        if pause < left {
            return Next::Again(pause);
        }
        self.hopeless = Some((now + closed, reason));
        Next::Template(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tg_core::failure::{Refusal, WaitScope};
    use tg_core::testing::SeededEntropy;

    const PATIENCE: Duration = Duration::from_secs(60);
    const CAMPAIGN: CampaignId = CampaignId(1);

    fn wait(secs: u64, reason: &str) -> Failure {
        let class =
            FailureClass::Wait { scope: WaitScope::Account, delay: Duration::from_secs(secs) };
        Failure::new(class, reason, "later")
    }

    fn failed(mood: &mut Mood, failure: &Failure, tried: u32, now: Timestamp) -> Next {
        mood.failed(failure, tried, PATIENCE, now, &SeededEntropy::new(1))
    }

    #[test]
    fn a_short_wait_is_waited_for_and_a_long_one_is_not() {
        let mut mood = Mood::default();
        let short = failed(&mut mood, &wait(26, "http_status"), 0, Timestamp(0));
        assert_eq!(short, Next::Again(Duration::from_secs(26)));
        assert_eq!(mood.hopeless(CAMPAIGN, Timestamp(1)), None);
        let long = failed(&mut mood, &wait(80_000, "quota_per_day"), 0, Timestamp(1));
        assert_eq!(long, Next::Template(Fallback::Quota));
        assert_eq!(mood.hopeless(CAMPAIGN, Timestamp(2)), Some(Fallback::Quota));
        assert_eq!(mood.hopeless(CAMPAIGN, Timestamp(0) + LATER * 2), None, "asked again then");
    }

    #[test]
    fn an_outage_is_waited_out_and_no_longer_than_patience() {
        let mut mood = Mood::default();
        let down = Failure::ambiguous("unreachable", "nobody there");
        assert!(matches!(failed(&mut mood, &down, 0, Timestamp(0)), Next::Again(_)));
        assert_eq!(
            failed(&mut mood, &down, 0, Timestamp(60_000)),
            Next::Template(Fallback::Unavailable)
        );
        mood.answered();
        assert_eq!(mood.hopeless(CAMPAIGN, Timestamp(60_001)), None);
        assert!(matches!(failed(&mut mood, &down, 0, Timestamp(60_001)), Next::Again(_)));
    }

    #[test]
    fn what_may_have_been_paid_for_is_asked_three_times_at_most() {
        let mut mood = Mood::default();
        let lost = Failure::ambiguous("timeout", "no answer");
        assert!(matches!(failed(&mut mood, &lost, 2, Timestamp(0)), Next::Again(_)));
        let third = failed(&mut mood, &lost, 3, Timestamp(1));
        assert_eq!(third, Next::Template(Fallback::Timeout));
    }

    #[test]
    fn a_refusal_is_not_argued_with() {
        let mut mood = Mood::default();
        let refused = Failure::new(FailureClass::Refused(Refusal::Config), "x", "bad key");
        let next = failed(&mut mood, &refused, 0, Timestamp(0));
        assert_eq!(next, Next::Template(Fallback::Refused));
        assert_eq!(mood.hopeless(CAMPAIGN, Timestamp(1)), Some(Fallback::Refused));
    }
}
