//! Audiences.

use super::Make;
use super::home::{Home, NOW, person, slug};
use crate::ports::StoreError;

/// An audience is made once and knows the columns of all of its lists.
pub fn an_audience_collects_the_fields_of_its_lists(make: &Make) {
    let home = Home::new(make);
    let ensure = |fields: &[&str]| {
        let fields: Vec<String> = fields.iter().map(ToString::to_string).collect();
        home.write(move |unit| unit.ensure_audience(&slug("list"), &fields, NOW))
    };
    let first = ensure(&["team", "city"]);
    let second = ensure(&["size", "city"]);
    assert_eq!(first.id, second.id);
    assert_eq!(first.fields, ["city", "team"]);
    assert_eq!(second.fields, ["city", "size", "team"]);
    let (id, named) = (first.id, home.read(|unit| unit.audience_named(&slug("list"))));
    assert_eq!(named.as_ref(), Some(&second));
    assert_eq!(home.read(move |unit| unit.audience(id)), second);
    let none = home.try_write(|unit| unit.audience(crate::ids::AudienceId(99)));
    assert!(matches!(none, Err(StoreError::Missing { .. })));
}

/// Pages in order of rows, without gaps, of this audience only.
pub fn members_are_paged_in_order(make: &Make) {
    let home = Home::new(make);
    home.import("list", (0..7).map(person).collect());
    home.import("other", (5..9).map(person).collect());
    let (list, mut after, mut seen) = (home.audience("list"), None, Vec::new());
    loop {
        let page = home.read(move |unit| unit.members(list, after, 3));
        assert!(page.len() <= 3);
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        seen.extend(page.into_iter().map(|contact| contact.id));
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted());
    assert_eq!(home.read(move |unit| unit.member_count(list)), 7);
}

/// Members with their consent, their opt-out and whether they are suppressed.
pub fn listed_members_carry_their_permission(make: &Make) {
    let home = Home::new(make);
    home.import("list", (0..4).map(person).collect());
    home.import("other", (0..5).map(person).collect());
    let ids = [0, 1, 2].map(|n| home.contact(n).id);
    let (list, other) = (home.audience("list"), home.audience("other"));
    home.write(move |unit| {
        unit.opt_out(ids[0], "wrote STOP", NOW)?;
        unit.suppress(ids[1], Some(list), NOW)?;
        unit.suppress(ids[2], Some(other), NOW)
    });
    let first = home.read(move |unit| unit.listed(list, None, 3));
    let rest = home.read(move |unit| unit.listed(list, Some(first[2].contact.id), 3));
    let all = home.read(move |unit| unit.listed(list, None, 9));
    assert_eq!((all.len(), rest.as_slice()), (4, &all[3..]));
    let marks: Vec<_> =
        all.iter().map(|one| (one.contact.opt_out.is_some(), one.suppressed)).collect();
    assert_eq!(marks, [(true, false), (false, true), (false, false), (false, false)]);
    for one in &all {
        let consent = one.consent.as_ref().expect("imported with one");
        assert_eq!((consent.contact, consent.audience), (one.contact.id, list));
    }
}

/// Members, opt-outs and suppressions, by name.
pub fn summaries_count(make: &Make) {
    let home = Home::new(make);
    home.import("list", (0..4).map(person).collect());
    home.import("empty", Vec::new());
    let (first, second, third) = (home.contact(0).id, home.contact(1).id, home.contact(2).id);
    let (list, empty) = (home.audience("list"), home.audience("empty"));
    home.write(move |unit| {
        unit.opt_out(first, "wrote STOP", NOW)?;
        unit.suppress(second, Some(list), NOW)?;
        unit.suppress(second, None, NOW)?;
        unit.suppress(third, Some(empty), NOW)
    });
    let summaries = home.read(|unit| unit.audience_summaries());
    let counts: Vec<_> = summaries
        .iter()
        .map(|s| (s.audience.name.as_str(), s.members, s.opted_out, s.suppressed))
        .collect();
    assert_eq!(counts, [("empty", 0, 0, 0), ("list", 4, 1, 1)]);
}

/// Every import has a number of its own.
pub fn imports_are_numbered(make: &Make) {
    let home = Home::new(make);
    let list = home.audience("list");
    let first = home.write(move |unit| unit.begin_import(list, Some("at the fair")));
    let second = home.write(move |unit| unit.begin_import(list, Some("at the fair")));
    assert!(second.number > first.number);
    assert_eq!((second.audience, second.source), (first.audience, first.source));
}
