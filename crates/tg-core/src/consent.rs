//! Why somebody may be written to, and what forbids it.

use crate::delivery::Reason;
use crate::ids::{AudienceId, ContactId};
use crate::time::Timestamp;
use std::sync::Arc;

/// A recorded consent: belongs to one audience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Whose.
    pub contact: ContactId,
    /// For what list.
    pub audience: AudienceId,
    /// Where it came from, in the operator's words ("signed up at the fair, 2026-10-03").
    pub source: String,
    /// When it was given; if nobody knows, when it was recorded.
    pub at: Timestamp,
    /// What proves it ("form 4711"); empty if nothing is said.
    pub evidence: String,
    /// For what it was given ("the newsletter"); empty if nothing is said.
    pub scope: String,
}

/// A consent as a row of a list gives it. Texts are shared: a million rows have one sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Where it came from, in the operator's words, if not from where the whole list says.
    pub source: Option<Arc<str>>,
    /// When it was given; unknown: when it is recorded.
    pub at: Option<Timestamp>,
    /// What proves it.
    pub evidence: Option<Arc<str>>,
    /// For what it was given.
    pub scope: Option<Arc<str>>,
}

/// Somebody said no. Belongs to the whole home; no import undoes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    /// When.
    pub at: Timestamp,
    /// How it came ("wrote STOP", "by the operator").
    pub how: String,
}

/// What the claiming transaction knows about a recipient's permission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permission {
    /// A consent for the campaign's audience is recorded.
    pub consented: bool,
    /// They opted out, by contact or by Telegram user id.
    pub opted_out: bool,
    /// The operator put them on a suppression list (of the audience or of the home).
    pub suppressed: bool,
}

impl Permission {
    /// Why they may not be written to, the strongest reason first; `None` if they may.
    #[must_use]
    pub fn obstacle(self) -> Option<Reason> {
        if self.opted_out {
            Some(Reason::OPTED_OUT)
        } else if self.suppressed {
            Some(Reason::SUPPRESSED)
        } else if !self.consented {
            Some(Reason::NO_CONSENT)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opt_out_wins_over_everything() {
        for consented in [false, true] {
            for suppressed in [false, true] {
                let p = Permission { consented, suppressed, opted_out: true };
                assert_eq!(p.obstacle(), Some(Reason::OPTED_OUT));
            }
        }
    }

    #[test]
    fn only_recorded_consent_permits() {
        assert_eq!(Permission::default().obstacle(), Some(Reason::NO_CONSENT));
        let yes = Permission { consented: true, ..Permission::default() };
        assert_eq!(yes.obstacle(), None);
    }
}
