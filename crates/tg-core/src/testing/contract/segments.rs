//! Filters: their names, and whom they choose.

use super::Make;
use super::home::{Home, NOW, person, phone, slug, stranger};
use crate::audience::ListRow;
use crate::consent::Given;
use crate::contact::Person;
use crate::filter::{self, Filter};
use crate::ports::{Choice, StoreError};
use crate::time::Timestamp;

fn parsed(text: &str) -> Filter {
    filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A segment keeps its filter under one name until it is removed.
pub fn a_filter_has_one_name(make: &Make) {
    let home = Home::new(make);
    let (name, vips) = (slug("vips"), parsed("tag = vip and last_sent < 30d ago"));
    let (filter, again) = (vips.clone(), vips.clone());
    home.write(move |unit| unit.add_segment(&slug("vips"), &filter, NOW));
    let taken = home.try_write(move |unit| unit.add_segment(&slug("vips"), &again, NOW));
    assert!(matches!(taken, Err(StoreError::Taken { .. })), "{taken:?}");
    let all = home.read(|unit| unit.segments());
    assert_eq!((all.len(), &all[0].name, &all[0].filter), (1, &name, &vips));
    for there in [true, false] {
        assert_eq!(home.write(|unit| unit.remove_segment(&slug("vips"))), there);
    }
}

fn choice(home: &Home, text: &str) -> Choice {
    Choice { audience: home.audience("list"), filter: parsed(text), now: NOW }
}

/// The numbers of the people whom a filter chooses of [`people`].
fn chosen(home: &Home, text: &str) -> Vec<i64> {
    let asked = choice(home, text);
    let counted = asked.clone();
    let found = home.read(move |unit| unit.chosen(&asked, None, 100));
    assert_eq!(
        home.read(move |unit| unit.count_chosen(&counted)),
        u64::try_from(found.len()).expect("few"),
        "{text}"
    );
    let number = |name: &str| name.strip_prefix("person_").and_then(|n| n.parse().ok());
    let names = found.iter().filter_map(|one| one.contact.person.username.as_ref());
    names.filter_map(|name| number(name.as_str())).collect()
}

fn people(home: &Home) {
    let with = |n: i64, lang: &str, fields: &[(&str, &str)]| Person {
        lang: lang.to_owned(),
        fields: fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        ..person(n)
    };
    let first = Person {
        phone: phone("+4915111111111"),
        first_name: "Änne \"x\" O'Brien".to_owned(),
        ..with(1, "de", &[("city", "Köln"), ("age", "17")])
    };
    let second = with(2, "de-AT", &[("city", "Berlin"), ("age", "30.5"), ("weird name", "x")]);
    home.import("list", vec![first, second, with(3, "", &[("age", "old")]), stranger(4)]);
    home.import("other", vec![person(2)]);
    let tagged = ListRow { tags: vec![slug("vip")], ..ListRow::from(person(2)) };
    home.import_row("list", tagged);
    let early = Given { source: Some("fair".into()), at: Some(Timestamp(5)), ..Given::default() };
    home.import_row("list", ListRow { consent: early, ..ListRow::from(stranger(5)) });
    home.import_row("list", ListRow::from(stranger(6)));
    let (third, fourth) = (home.contact(3).id, home.contact(4).id);
    home.write(move |unit| {
        unit.opt_out(third, "wrote STOP", NOW)?;
        unit.suppress(fourth, None, NOW)
    });
}

/// Each condition, and its opposite where something is not known.
pub fn every_condition_chooses_as_it_says(make: &Make) {
    let home = Home::new(make);
    people(&home);
    for (text, expected) in [
        ("lang = de", &[1][..]),
        ("lang begins de", &[1, 2]),
        ("not lang = de", &[2, 3, 4, 5, 6]),
        ("lang = \"\"", &[3, 4, 5, 6]),
        ("city in (Berlin, 'Köln')", &[1, 2]),
        ("city not in (Berlin)", &[1, 3, 4, 5, 6]),
        ("first_name contains \"\\\"X\\\" o'\"", &[1]),
        ("username = @PERSON_3", &[3]),
        ("phone = +4915111111111", &[1]),
        ("user_id = 1002", &[2]),
        ("age >= 18", &[2]),
        ("age < 18", &[1]),
        ("not age < 18", &[2, 3, 4, 5, 6]),
        ("tag = vip", &[2]),
        ("tag != vip and lang = de", &[1]),
        ("audience = other", &[2]),
        ("consented", &[1, 2, 3, 4, 5]),
        ("consented_at < 1970-01-02", &[5]),
        ("consented_at >= 1d ago", &[1, 2, 3, 4]),
        ("not consented_at >= 1d ago", &[5, 6]),
        ("opted_out or suppressed", &[3, 4]),
        ("sent or last_sent > 1970-01-01 or last_answer > 1970-01-01 or replied", &[]),
        ("(lang = de or tag = vip) and not audience = other", &[1]),
        ("city = \"'; DROP TABLE contacts; --\"", &[]),
    ] {
        assert_eq!(chosen(&home, text), expected, "{text}");
    }
    let page = choice(&home, "consented");
    let first = home.contact(2).id;
    let rest = home.read(move |unit| unit.chosen(&page, Some(first), 2));
    assert_eq!(rest.len(), 2);
    assert_eq!(rest[0].contact.id, home.contact(3).id);
}

/// Labels for many at once.
pub fn chosen_people_are_labelled_page_by_page(make: &Make) {
    let home = Home::new(make);
    people(&home);
    let everybody = choice(&home, "consented");
    let asked = everybody.clone();
    let page = home.write(move |unit| unit.tag_chosen(&asked, &[slug("new")], &[], None, 3));
    assert_eq!((page.people, page.changes), (3, 3));
    let next = page.next;
    assert_eq!(next, Some(home.contact(3).id));
    let page = home
        .write(move |unit| unit.tag_chosen(&everybody, &[slug("new")], &[slug("vip")], next, 3));
    assert_eq!((page.people, page.changes, page.next), (2, 2, None));
    assert_eq!(chosen(&home, "tag = new"), [1, 2, 3, 4, 5]);
}
