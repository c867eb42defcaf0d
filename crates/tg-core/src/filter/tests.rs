//! Filters as people write them, and as nobody should.

use super::*;
use crate::ids::Slug;
use crate::time::Timestamp;
use proptest::prelude::*;
use std::time::Duration;

#[test]
fn a_filter_reads_as_it_is_meant() {
    let text = "  lang = \"de\" and tag = vip and not city in (Berlin, 'Köln') \
                and consented_at > 2026-01-01 and (replied or last_sent < 30d ago)";
    let filter = parse(text).expect("a filter");
    assert_eq!(
        filter.to_string(),
        "lang = \"de\" and tag = vip and not city in (\"Berlin\", \"Köln\") \
         and consented_at > 2026-01-01T00:00:00Z and (replied or last_sent < 2592000s ago)"
    );
    assert_eq!(filter.fields().into_iter().collect::<Vec<_>>(), ["city"]);
    assert_eq!(parse("a != b").expect("a filter").to_string(), "not a = \"b\"");
    assert_eq!(parse("age >= 18").expect("a filter").to_string(), "age >= 18");
    assert_eq!(parse("\"tag\" = x").expect("a filter").to_string(), "\"tag\" = \"x\"");
}

#[test]
fn an_error_points_at_its_place() {
    for (text, column, word) in [
        ("", 1, "a field"),
        ("lang", 5, "=, !="),
        ("lang = ", 8, "a value"),
        ("lang = de or", 13, "a field"),
        ("lang = de tag = x", 11, "\"and\""),
        ("(lang = de", 11, "\")\""),
        ("city in Berlin", 9, "\"(\""),
        ("city in (Berlin Bonn)", 17, "\",\""),
        ("city = \"Köln", 13, "closing"),
        ("tag = Größe", 7, "lower-case"),
        ("last_sent > soon", 13, "30d ago"),
        ("last_sent = 2026-01-01", 11, "<, <="),
        ("last_sent > 2026-01-01T10:00", 13, "30d ago"),
        ("age > old", 7, "number"),
        ("Größe = 1", 1, "letters a to z"),
        ("and lang = de", 1, "a field"),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!(error.column, column, "{text}: {error}");
        assert!(error.problem.contains(word), "{text}: {error}");
    }
    let error = parse("city = \"Köln\" x").expect_err("two values");
    assert_eq!(error.pointed(), "city = \"Köln\" x\n              ^");
}

#[test]
fn depth_and_length_are_bounded() {
    for (open, close) in [("(", ")"), ("not ", "")] {
        let deep = format!("{}sent{}", open.repeat(800), close.repeat(800));
        assert!(parse(&deep).expect_err("too deep").problem.contains("nested deeper"));
        let fine = format!("{}sent{}", open.repeat(30), close.repeat(30));
        assert!(parse(&fine).is_ok());
    }
    assert!(parse(&"x".repeat(MAX_FILTER + 1)).expect_err("too long").problem.contains("4096"));
}

fn slugs() -> impl Strategy<Value = Vec<Slug>> {
    let slug = "[a-z0-9][a-z0-9._-]{0,6}".prop_map(|text| Slug::parse(&text).expect("a name"));
    prop::collection::vec(slug, 1..4)
}

fn comparisons() -> impl Strategy<Value = Comparison> {
    use Comparison::{AtLeast, AtMost, Greater, Less};
    prop::sample::select(vec![Less, AtMost, Greater, AtLeast])
}

fn tests() -> impl Strategy<Value = Test> {
    let field = prop_oneof!["[a-z_][a-z0-9_]{0,6}", "tag|and|sent|lang|phone"];
    let texts = prop::collection::vec("[^\u{0}]{0,8}", 1..4);
    let moment = prop_oneof![
        (0..4_000_000_000_000i64).prop_map(|at| Moment::At(Timestamp(at))),
        (0..4_000_000_000u64).prop_map(|span| Moment::Ago(Duration::from_secs(span))),
    ];
    let when = prop::sample::select(vec![When::ConsentedAt, When::LastSent, When::LastAnswer]);
    let flags = [Flag::Sent, Flag::Replied, Flag::Consented, Flag::OptedOut, Flag::Suppressed];
    prop_oneof![
        (field.clone(), texts).prop_map(|(field, values)| Test::Equals { field, values }),
        (field.clone(), ".{0,8}").prop_map(|(field, value)| Test::Contains { field, value }),
        (field.clone(), ".{0,8}").prop_map(|(field, value)| Test::Begins { field, value }),
        (field, comparisons(), -1e9..1e9).prop_map(|(field, comparison, value)| Test::Number {
            field,
            comparison,
            value
        }),
        slugs().prop_map(Test::Tag),
        slugs().prop_map(Test::Audience),
        (when, comparisons(), moment).prop_map(|(when, comparison, moment)| Test::Time {
            when,
            comparison,
            moment
        }),
        prop::sample::select(flags.to_vec()).prop_map(Test::Is),
    ]
}

fn filters() -> impl Strategy<Value = Filter> {
    tests().prop_map(Filter::Test).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Any),
            inner.prop_map(|inner| Filter::Not(Box::new(inner))),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_the_same(filter in filters()) {
        let text = filter.to_string();
        if text.len() <= MAX_FILTER {
            prop_assert_eq!(parse(&text), Ok(filter), "{}", text);
        }
    }

    #[test]
    fn any_text_is_a_filter_or_an_error(text in ".{0,60}") {
        if let Err(error) = parse(&text) {
            prop_assert!(error.column <= text.chars().count() + 1);
        }
    }
}
