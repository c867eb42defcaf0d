//! Units of work: what belongs together, and what undoes itself.

use super::Make;
use super::home::{Home, NOW, slug};
use crate::ids::UserId;
use crate::ports::{AuditEntry, NewAccount, StoreError, Unit};
use crate::testing::block_on;

fn add(unit: &mut dyn Unit, name: &str, user: i64) -> Result<(), StoreError> {
    let account = NewAccount {
        name: slug(name),
        user_id: UserId(user),
        is_bot: false,
        phone: None,
        loopback: false,
    };
    unit.add_account(&account, NOW).map(|_| ())
}

fn names(home: &Home) -> Vec<String> {
    home.read(|unit| unit.accounts()).iter().map(|a| a.name.to_string()).collect()
}

fn entry(action: &str) -> AuditEntry {
    AuditEntry {
        at: NOW,
        actor: "local:operator".to_owned(),
        action: action.to_owned(),
        object: "account/one".to_owned(),
        outcome: "done",
        ..AuditEntry::default()
    }
}

/// A unit that fails leaves nothing, and its error is the caller's.
pub fn what_fails_leaves_nothing(make: &Make) {
    let home = Home::new(make);
    let failed = home.try_write(|unit| {
        add(unit, "one", 1)?;
        add(unit, "one", 2)
    });
    let taken = StoreError::Taken { what: "account", name: "one".to_owned() };
    assert_eq!(failed, Err(taken));
    assert!(names(&home).is_empty());
    home.write(|unit| add(unit, "one", 1));
    assert_eq!(names(&home), ["one"]);
}

/// A savepoint that fails undoes itself; what came before and comes after is kept.
pub fn a_savepoint_undoes_only_itself(make: &Make) {
    let home = Home::new(make);
    home.write(|unit| {
        add(unit, "before", 1)?;
        let failed = unit.savepoint(&mut |unit| {
            add(unit, "inside", 2)?;
            unit.savepoint(&mut |unit| add(unit, "deeper", 3))?;
            Err(StoreError::Fenced)
        });
        assert_eq!(failed, Err(StoreError::Fenced));
        unit.savepoint(&mut |unit| {
            add(unit, "kept", 4)?;
            let failed = unit.savepoint(&mut |unit| {
                add(unit, "undone", 5)?;
                Err(StoreError::Fenced)
            });
            assert!(failed.is_err());
            Ok(())
        })?;
        add(unit, "later", 6)
    });
    assert_eq!(names(&home), ["before", "kept", "later"]);
}

/// A panic is one job's, undone, and reported with its message.
pub fn a_panic_is_undone_and_reported(make: &Make) {
    let home = Home::new(make);
    let broken: Result<(), StoreError> = home.try_write(|unit| {
        add(unit, "one", 1)?;
        unit.savepoint(&mut |unit| {
            add(unit, "two", 2)?;
            panic!("a bug")
        })
    });
    assert_eq!(broken, Err(StoreError::Panicked("a bug".to_owned())));
    let read: Result<(), StoreError> = block_on(home.store.read(|_| panic!("another {}", "bug")));
    assert_eq!(read, Err(StoreError::Panicked("another bug".to_owned())));
    assert!(names(&home).is_empty());
    home.write(|unit| add(unit, "one", 1));
    assert_eq!(names(&home), ["one"]);
}

/// What a query writes is undone.
pub fn a_query_writes_nothing(make: &Make) {
    let home = Home::new(make);
    home.read(|unit| {
        add(unit, "one", 1)?;
        assert_eq!(unit.accounts()?.len(), 1);
        Ok(())
    });
    assert!(names(&home).is_empty());
}

/// The number differs after a change, and only then.
pub fn changes_are_noticed(make: &Make) {
    let home = Home::new(make);
    let changes = || block_on(home.store.changes()).expect("the store is open");
    let before = changes();
    assert_eq!(changes(), before);
    home.write(|unit| add(unit, "one", 1));
    let after = changes();
    assert_ne!(after, before);
    names(&home);
    assert_eq!(changes(), after);
}

/// Positions without gaps; every tag depends on the row and on the tag before it.
pub fn the_audit_log_is_one_chain(make: &Make) {
    let home = Home::new(make);
    for action in ["account.add", "account.add", "account.pause"] {
        home.write(move |unit| unit.audit(&entry(action)));
    }
    let page = home.read(|unit| unit.audit_page(0, 10));
    assert_eq!(page.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(page[2].entry, entry("account.pause"));
    assert_ne!(page[0].tag, page[1].tag);
    assert_eq!(home.read(|unit| unit.audit_page(1, 1)), [page[1].clone()]);
    assert!(home.read(|unit| unit.audit_page(3, 10)).is_empty());
}

/// A change and its row are there together or not at all.
pub fn an_audit_row_shares_the_fate_of_its_change(make: &Make) {
    let home = Home::new(make);
    let failed = home.try_write(|unit| {
        unit.audit(&entry("account.add"))?;
        add(unit, "one", 1)?;
        add(unit, "one", 1)
    });
    assert!(failed.is_err());
    assert!(home.read(|unit| unit.audit_page(0, 10)).is_empty());
    home.write(|unit| {
        add(unit, "one", 1)?;
        unit.audit(&entry("account.add"))
    });
    assert_eq!(home.read(|unit| unit.audit_page(0, 10)).len(), 1);
}

/// The home's identity does not change.
pub fn a_home_has_one_identity(make: &Make) {
    let home = Home::new(make);
    let (first, second) = (home.read(|unit| unit.home()), home.read(|unit| unit.home()));
    assert_eq!(first, second);
    assert!(!first.is_nil());
}
