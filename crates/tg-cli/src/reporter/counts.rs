//! Running totals of each campaign, counted from events, so that a slow reader cannot falsify them.

use std::collections::BTreeMap;
use tg_core::ids::Slug;
use tg_engine::{DeliveryNews, EventKind};

/// What is known of a campaign before the run begins.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// Its name.
    pub(crate) name: Slug,
    /// Everybody in it.
    pub(crate) recipients: u64,
    /// Of these, ended already.
    pub(crate) ended: u64,
}

/// Totals of one campaign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Everybody in it; 0 if it was started after the run.
    pub(super) recipients: u64,
    /// Ended before the run.
    pub(super) before: u64,
    /// In this run.
    pub(super) sent: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
    pub(super) unknown: u64,
    pub(super) canceled: u64,
    /// Times a delivery was put off; it may happen to one of them often.
    pub(super) deferred: u64,
}

impl Counts {
    /// Deliveries that have their outcome.
    pub(super) const fn ended(&self) -> u64 {
        self.before + self.ended_here()
    }

    /// Of these, in this run.
    pub(super) const fn ended_here(&self) -> u64 {
        self.sent + self.failed + self.skipped + self.unknown + self.canceled
    }
}

/// Totals of all campaigns, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Totals(pub(super) BTreeMap<Slug, Counts>);

impl Totals {
    /// Starts from what is known.
    pub(super) fn new(known: &[Known]) -> Self {
        let counts = |known: &Known| Counts {
            recipients: known.recipients,
            before: known.ended,
            ..Counts::default()
        };
        Self(known.iter().map(|known| (known.name.clone(), counts(known))).collect())
    }

    /// Counts an event; says whether it was a delivery's.
    pub(super) fn count(&mut self, kind: &EventKind) -> bool {
        let EventKind::Delivery { campaign, news, .. } = kind else { return false };
        if !self.0.contains_key(campaign) {
            self.0.insert(campaign.clone(), Counts::default());
        }
        if let Some(counts) = self.0.get_mut(campaign) {
            match news {
                DeliveryNews::Sent { .. } => counts.sent += 1,
                DeliveryNews::Failed { .. } => counts.failed += 1,
                DeliveryNews::Skipped { .. } => counts.skipped += 1,
                DeliveryNews::Unknown { .. } => counts.unknown += 1,
                DeliveryNews::Deferred { .. } => counts.deferred += 1,
                DeliveryNews::Canceled => counts.canceled += 1,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tg_core::delivery::Reason;
    use tg_core::ids::DeliveryId;

    fn event(campaign: &str, news: DeliveryNews) -> EventKind {
        EventKind::Delivery {
            campaign: Slug::parse(campaign).unwrap(),
            account: Slug::parse("a").unwrap(),
            delivery: DeliveryId(1),
            news,
        }
    }

    #[test]
    fn each_outcome_is_counted_once_and_a_deferral_ends_nothing() {
        let spring = Slug::parse("spring").unwrap();
        let mut totals = Totals::new(&[Known { name: spring.clone(), recipients: 10, ended: 4 }]);
        totals.count(&event("spring", DeliveryNews::Sent { message_id: None }));
        let later = DeliveryNews::Deferred { until: None, reason: Reason::named("FLOOD_WAIT") };
        totals.count(&event("spring", later));
        totals.count(&event("spring", DeliveryNews::Failed { reason: Reason::PARTIAL }));
        totals.count(&event("other", DeliveryNews::Canceled));
        let counts = totals.0[&spring];
        assert_eq!((counts.ended(), counts.ended_here(), counts.deferred), (6, 2, 1));
        assert_eq!(totals.0.len(), 2);
    }
}
