//! People: what a row of a list does, and what it must not do.

use super::Make;
use super::home::{Home, NOW, person, phone, slug, stranger};
use crate::audience::ImportVerdict::{Conflict, Imported, Unchanged, Updated};
use crate::audience::ListRow;
use crate::consent::Given;
use crate::contact::{ContactKey, Person};
use crate::ids::UserId;
use crate::peer::Username;
use crate::time::Timestamp;
use std::time::Duration;

/// A new row is a person, a member and a consent; the same row in another file changes nothing.
pub fn a_row_makes_a_person_and_a_member(make: &Make) {
    let home = Home::new(make);
    let mut full = person(1);
    full.phone = phone("+4915112345678");
    full.last_name = "Q".to_owned();
    full.lang = "de".to_owned();
    full.tz = "Europe/Berlin".to_owned();
    full.fields.insert("city".to_owned(), "Köln \"am\" Rhein".to_owned());
    assert_eq!(home.import_one("list", full.clone()), (Imported, false));
    assert_eq!(home.import_one("list", full.clone()), (Unchanged, false));
    let contact = home.contact(1);
    assert_eq!((&contact.person, &contact.opt_out), (&full, &None));
    for key in [ContactKey::Phone(full.phone.expect("was set")), ContactKey::UserId(UserId(1_001))]
    {
        assert_eq!(home.read(move |unit| unit.find_contact(&key)), Some(contact.clone()));
    }
    let id = contact.id;
    assert_eq!(home.read(move |unit| unit.contact(id)), Some(contact));
    let consents = home.read(move |unit| unit.consents(id));
    assert_eq!(consents.len(), 1);
    assert_eq!(consents[0].0, slug("list"));
    assert_eq!((consents[0].1.source.as_str(), consents[0].1.at), ("signed up", NOW));
    // Known to the home, new to another list.
    assert_eq!(home.import_one("other", person(1)), (Imported, false));
}

/// One person twice in a file: the last row wins and counts as updated.
pub fn a_file_that_names_somebody_twice_updates_them(make: &Make) {
    let home = Home::new(make);
    let last = Person { first_name: "Ann".to_owned(), ..person(1) };
    let verdicts = home.import("list", vec![person(1), person(1), last]);
    let verdicts: Vec<_> = verdicts.into_iter().map(|(verdict, _)| verdict).collect();
    assert_eq!(verdicts, [Imported, Updated, Updated]);
    assert_eq!(home.contact(1).person.first_name, "Ann");
    let verdicts = home.import("list", vec![person(1), person(1)]);
    assert_eq!(verdicts, [(Updated, false), (Updated, false)], "changed, then seen before");
}

/// What a later list does not know, it does not take away.
pub fn empty_values_erase_nothing(make: &Make) {
    let home = Home::new(make);
    let mut rich = person(1);
    rich.lang = "de".to_owned();
    rich.fields.insert("city".to_owned(), "Ulm".to_owned());
    rich.fields.insert("team".to_owned(), "red".to_owned());
    home.import_one("list", rich.clone());
    let mut poor = stranger(1);
    poor.first_name = String::new();
    poor.fields.insert("city".to_owned(), String::new());
    poor.fields.insert("team".to_owned(), "blue".to_owned());
    poor.fields.insert("size".to_owned(), String::new());
    assert_eq!(home.import_one("list", poor), (Updated, false));
    rich.fields.insert("team".to_owned(), "blue".to_owned());
    rich.fields.insert("size".to_owned(), String::new());
    assert_eq!(home.contact(1).person, rich);
}

/// Usernames are compared without case.
pub fn spellings_of_a_username_are_one_person(make: &Make) {
    let home = Home::new(make);
    home.import_one("list", stranger(1));
    let loud = Person { username: Username::parse("PERSON_1").ok(), ..Person::default() };
    assert_eq!(home.import_one("list", loud.clone()), (Updated, false), "the newer spelling");
    assert_eq!(home.import_one("list", loud), (Unchanged, false));
    assert_eq!(home.contact(1).person.first_name, "P1");
}

/// People change their numbers; the username still names them.
pub fn a_new_phone_replaces_the_old_one(make: &Make) {
    let home = Home::new(make);
    let with = |number| Person { phone: phone(number), ..stranger(1) };
    home.import_one("list", with("+4915111111111"));
    assert_eq!(home.import_one("list", with("+4915122222222")), (Updated, false));
    assert_eq!(home.contact(1).person.phone, phone("+4915122222222"));
}

/// A row whose addresses belong to two people is a conflict of the column that disagrees.
pub fn a_row_that_joins_two_people_changes_nothing(make: &Make) {
    let home = Home::new(make);
    let second = Person { phone: phone("+4915111111111"), ..person(2) };
    home.import("list", vec![stranger(1), second.clone()]);
    let before = (home.contact(1), home.contact(2));
    let by_phone = Person { phone: second.phone.clone(), ..stranger(1) };
    let by_user = Person { user_id: second.user_id, ..stranger(1) };
    for (row, expected) in [(by_phone, "phone"), (by_user, "user_id")] {
        let row = Person { first_name: "Mallory".to_owned(), ..row };
        let (verdict, _) = home.import_one("list", row);
        let Conflict { column, detail } = verdict else { panic!("{verdict:?}") };
        assert_eq!(column, expected);
        assert!(!detail.contains("+4915111111111"), "no whole number: {detail}");
    }
    assert_eq!((home.contact(1), home.contact(2)), before);
}

/// A username that came to belong to another Telegram user is not the person who consented.
pub fn another_user_id_is_another_person(make: &Make) {
    let home = Home::new(make);
    home.import_one("list", person(1));
    let other = Person { user_id: Some(UserId(5)), ..person(1) };
    let (verdict, _) = home.import_one("list", other);
    assert!(matches!(verdict, Conflict { column: "user_id", .. }), "{verdict:?}");
    assert_eq!(home.contact(1).person, person(1));
}

/// No import undoes an opt-out, and the first one is kept.
pub fn no_import_undoes_an_opt_out(make: &Make) {
    let home = Home::new(make);
    home.import_one("list", person(1));
    let id = home.contact(1).id;
    home.write(move |unit| unit.opt_out(id, "wrote STOP", NOW));
    home.write(move |unit| unit.opt_out(id, "again", NOW + Duration::from_secs(9)));
    assert_eq!(home.import_one("list", person(1)), (Unchanged, true));
    assert_eq!(home.import_one("other", person(1)), (Imported, true));
    let opt_out = home.contact(1).opt_out.expect("was recorded");
    assert_eq!((opt_out.how.as_str(), opt_out.at), ("wrote STOP", NOW));
}

/// Whoever turns out to be a Telegram user that said no has said no, under any name.
pub fn an_opt_out_follows_the_user_id(make: &Make) {
    let home = Home::new(make);
    home.import("list", vec![stranger(1), stranger(2), stranger(3)]);
    let (first, second) = (home.contact(1).id, home.contact(2).id);
    home.write(move |unit| unit.opt_out(first, "wrote STOP", NOW));
    // The user id becomes known only now, and belongs to the other contact before.
    home.write(move |unit| unit.learn_user_id(second, UserId(50)));
    assert!(home.contact(2).opt_out.is_none());
    home.write(move |unit| unit.learn_user_id(first, UserId(50)));
    assert!(home.contact(2).opt_out.is_some());
    // And an import that brings the user id finds it too.
    let third = home.contact(3).id;
    home.write(move |unit| unit.opt_out(third, "by the operator", NOW));
    let known = Person { user_id: Some(UserId(60)), ..stranger(3) };
    assert_eq!(home.import_one("list", known), (Updated, true));
    assert!(home.contact(3).opt_out.is_some());
}

/// A consent has the date and the words with which it was given.
pub fn a_consent_keeps_its_first_source(make: &Make) {
    let home = Home::new(make);
    home.import_one("list", person(1));
    let (audience, later) = (home.audience("list"), Timestamp(NOW.0 + 1));
    home.write(move |unit| {
        let run = unit.begin_import(audience, Some("bought a list"))?;
        unit.import_person(run, &person(1), later)
    });
    let id = home.contact(1).id;
    let consents = home.read(move |unit| unit.consents(id));
    assert_eq!(consents.len(), 1);
    assert_eq!((consents[0].1.source.as_str(), consents[0].1.at), ("signed up", NOW));
}

/// Suppression is per audience or for the whole home.
pub fn suppressing_twice_is_suppressing_once(make: &Make) {
    let home = Home::new(make);
    home.import_one("list", person(1));
    let (id, list) = (home.contact(1).id, home.audience("list"));
    for (audience, new) in [(Some(list), true), (Some(list), false), (None, true), (None, false)] {
        assert_eq!(home.write(move |unit| unit.suppress(id, audience, NOW)), new);
    }
    let on = home.read(move |unit| unit.suppressions(id));
    assert_eq!(on, [None, Some(slug("list"))]);
}

/// A user id stays with the contact that has it.
pub fn a_user_id_is_learnt_once(make: &Make) {
    let home = Home::new(make);
    home.import("list", vec![stranger(1), stranger(2)]);
    let (first, second) = (home.contact(1).id, home.contact(2).id);
    for (id, user) in [(first, 50), (second, 50), (first, 51)] {
        home.write(move |unit| unit.learn_user_id(id, UserId(user)));
    }
    assert_eq!(home.contact(1).person.user_id, Some(UserId(50)));
    assert_eq!(home.contact(2).person.user_id, None);
}

/// What a row says besides: what its consent rests on, labels, a no; and a row without a consent
/// waits for one.
pub fn a_row_brings_evidence_labels_and_a_no(make: &Make) {
    let home = Home::new(make);
    let waiting = ListRow::from(person(1));
    assert_eq!(home.import_row("list", waiting.clone()), (Imported, false));
    let id = home.contact(1).id;
    assert_eq!(home.read(move |unit| unit.consents(id)), []);
    assert_eq!(home.read(move |unit| unit.waiting_on(id)), [slug("list")]);
    let given = Given {
        at: Some(Timestamp(5)),
        evidence: Some("form 7".into()),
        scope: Some("news".into()),
        source: Some("fair".into()),
    };
    let tags = vec![slug("vip"), slug("a")];
    let row = ListRow { consent: given, tags: tags.clone(), ..waiting.clone() };
    assert_eq!(home.import_row("list", row), (Updated, false));
    let consents = home.read(move |unit| unit.consents(id));
    let consent = &consents[0].1;
    assert_eq!((consent.source.as_str(), consent.at), ("fair", Timestamp(5)));
    assert_eq!((consent.evidence.as_str(), consent.scope.as_str()), ("form 7", "news"));
    assert_eq!(home.read(move |unit| unit.contact_tags(id)), ["a", "vip"]);
    let tagged = ListRow { tags, ..waiting.clone() };
    assert_eq!(home.import_row("list", tagged), (Unchanged, false), "the labels are there");
    let no = ListRow { opted_out_at: Some(Timestamp(7)), suppressed: true, ..waiting };
    assert!(home.import_row("list", no).1);
    assert_eq!(home.contact(1).opt_out.expect("the list says so").at, Timestamp(7));
    assert_eq!(home.read(move |unit| unit.suppressions(id)), [Some(slug("list"))]);
    let list = home.audience("list");
    let listed = home.read(move |unit| unit.listed(list, None, 9)).remove(0);
    assert_eq!((listed.tags, listed.suppressed), (vec!["a".into(), "vip".into()], true));
}

/// Labels are given and taken, each once.
pub fn labels_come_and_go(make: &Make) {
    let home = Home::new(make);
    home.import_one("list", person(1));
    let id = home.contact(1).id;
    let change = |add: &[&str], remove: &[&str]| {
        let [add, remove] = [add, remove].map(|tags| tags.iter().map(|tag| slug(tag)).collect());
        let (add, remove): (Vec<_>, Vec<_>) = (add, remove);
        home.write(move |unit| unit.tag_contact(id, &add, &remove))
    };
    assert!(change(&["b", "a"], &[]));
    assert!(!change(&["a"], &["x"]), "nothing to do");
    assert!(change(&["c"], &["b"]));
    assert_eq!(home.read(move |unit| unit.contact_tags(id)), ["a", "c"]);
}
