//! The audit log: one chain, with a note of its end.

use super::Make;
use super::home::{Home, NOW};
use crate::ports::{AuditEntry, AuditFilter, AuditHead, StoreError};
use crate::time::Timestamp;

fn entry(actor: &str, action: &str, at: i64) -> AuditEntry {
    AuditEntry {
        at: Timestamp(NOW.0 + at),
        actor: actor.to_owned(),
        source: "host box".to_owned(),
        action: action.to_owned(),
        object: "campaign/spring".to_owned(),
        outcome: "done",
        detail: "more".to_owned(),
        before: Some("running".to_owned()),
        after: None,
    }
}

fn filled(make: &Make) -> Home {
    let home = Home::new(make);
    for (actor, action, at) in
        [("anna", "campaign.start", 0), ("bert", "campaign.pause", 1), ("anna", "campaigner.x", 2)]
    {
        home.write(move |unit| {
            // A home's making notes where its log ends for the first time.
            if at == 0 {
                unit.renew_audit_head();
            }
            unit.audit(&entry(actor, action, at))
        });
    }
    home
}

/// Everything that a row says comes back, and rows are found by it.
pub fn rows_are_found_by_what_they_say(make: &Make) {
    let home = filled(make);
    let all = home.read(|unit| unit.audit_page(0, 10));
    assert_eq!(all[0].entry, entry("anna", "campaign.start", 0));
    assert_eq!(all[0].version, AuditEntry::VERSION);
    let found = |filter: AuditFilter| -> Vec<i64> {
        let rows = home.read(move |unit| unit.audit_find(&filter, 2));
        rows.iter().map(|row| row.seq).collect()
    };
    let none = AuditFilter::default;
    assert_eq!(found(none()), [3, 2], "newest first, at most so many");
    assert_eq!(found(AuditFilter { before: Some(3), ..none() }), [2, 1]);
    assert_eq!(found(AuditFilter { actor: Some("anna".into()), ..none() }), [3, 1]);
    assert_eq!(found(AuditFilter { action: Some("campaign".into()), ..none() }), [2, 1]);
    assert_eq!(found(AuditFilter { action: Some("campaign.pause".into()), ..none() }), [2]);
    assert_eq!(found(AuditFilter { object: Some("campaign".into()), ..none() }), [3, 2]);
    assert_eq!(found(AuditFilter { object: Some("camp".into()), ..none() }), [0; 0]);
    let since = Some(Timestamp(NOW.0 + 2));
    assert_eq!(found(AuditFilter { since, ..none() }), [3]);
}

/// The note of the end follows what is committed, and only that.
pub fn the_end_is_noted_outside(make: &Make) {
    let home = filled(make);
    let last = home.read(|unit| unit.audit_page(2, 1)).remove(0);
    let noted = AuditHead::Noted { seq: 3, tag: last.tag };
    assert_eq!(home.read(|unit| unit.audit_head()), noted);
    let failed = home.try_write(|unit| {
        unit.audit(&entry("anna", "campaign.start", 3))?;
        unit.renew_audit_head();
        Err::<(), _>(StoreError::Fenced)
    });
    assert!(failed.is_err());
    assert_eq!(home.read(|unit| unit.audit_head()), noted);
}
