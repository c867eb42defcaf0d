//! What operators write, and what hostile fields try.

use super::*;
use crate::contact::Person;
use crate::delivery::EntityKind;

fn person(first_name: &str) -> Person {
    Person { first_name: first_name.to_owned(), ..Person::default() }
}

fn one(source: &str, person: &Person) -> crate::delivery::Body {
    let template = Template::compile(source).expect("compiles");
    let mut parts = template.render(person).expect("renders");
    assert_eq!(parts.len(), 1);
    parts.remove(0)
}

#[test]
fn a_letter() {
    let body = one(
        "# News\n\nHi {{ first_name }}, **see you** [there](https://example.org).\nBye",
        &person("Zoë 🦊"),
    );
    assert_eq!(body.text, "News\n\nHi Zoë 🦊, see you there.\nBye");
    let kinds: Vec<_> = body.entities.iter().map(|e| (e.offset, e.length)).collect();
    // The fox counts two UTF-16 units.
    assert_eq!(kinds, [(0, 4), (17, 7), (25, 5)]);
}

#[test]
fn a_field_is_text_and_never_markup() {
    for value in [
        "**bold**",
        "[x](https://evil.example)",
        "`code`",
        "# heading",
        "1. list",
        "<b>html</b>",
        "{{ last_name }}",
        "back\\slash",
        "&amp;",
    ] {
        let body = one("Hi {{ first_name }}!", &person(value));
        assert_eq!(body.text, format!("Hi {value}!"));
        assert!(body.entities.is_empty(), "{value}");
        let line_start = one("{{ first_name }}", &person(value));
        assert_eq!(line_start.text, value);
    }
}

#[test]
fn a_field_inside_markup_keeps_it() {
    let body = one("**{{ first_name }}** `{{ first_name }}`", &person("a*b"));
    assert_eq!(body.text, "a*b a*b");
    assert_eq!(body.entities[0].kind, EntityKind::Bold);
    assert_eq!(body.entities[1].kind, EntityKind::Code);
}

#[test]
fn several_messages() {
    let template =
        Template::compile("one {{ first_name }}\n<!-- next message -->\ntwo").expect("ok");
    let parts = template.render(&person("Ann")).expect("renders");
    let texts: Vec<_> = parts.iter().map(|b| b.text.as_str()).collect();
    assert_eq!(texts, ["one Ann", "two"]);
}

#[test]
fn faults_have_a_place() {
    let faults = Template::compile("fine\nbroken {{ first_name").expect_err("unclosed");
    assert_eq!(faults[0].line, 2);
    let source = "Hi\n  {{ first_name }} of {{ compny }}";
    let template = Template::compile(source).expect("compiles");
    let faults = template.unknown_fields(source, &["first_name"]);
    assert_eq!((faults[0].line, faults[0].column), (2, 26));
    assert!(Template::compile("  \n").is_err());
}

#[test]
fn a_missing_field_is_an_error_unless_there_is_a_default() {
    let template = Template::compile("{{ nickname }}").expect("compiles");
    assert!(matches!(template.render(&person("A")), Err(RenderError::Failed(_))));
    let body = one("{{ nickname | default('friend') }}", &person("A"));
    assert_eq!(body.text, "friend");
    let body = one("Hi {{ first_name | default('you', true) }}", &person(""));
    assert_eq!(body.text, "Hi you");
}

#[test]
fn too_much_is_refused_and_ends() {
    for source in [
        "{% for a in [1,2,3,4,5,6,7,8,9] %}{% for b in [1,2,3,4,5,6,7,8,9] %}{% for c in [1,2,3,4,5,6,7,8,9] %}{% for d in [1,2,3,4,5,6,7,8,9] %}{% for e in [1,2,3,4,5,6,7,8,9] %}xxxxxxxxxxxxxxxxxxxx{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
        "{{ first_name }}{{ first_name }}",
        "{% if false %}x{% endif %}",
    ] {
        let template = Template::compile(source).expect("compiles");
        assert!(template.render(&person(&"y".repeat(3_000))).is_err(), "{source}");
    }
}

#[test]
fn replacing_has_a_bound() {
    let bomb = format!("{{{{ first_name{} }}}}", "|replace('', 'xxxxxxxxxxxxxxxx')".repeat(12));
    let template = Template::compile(&bomb).expect("compiles");
    assert!(matches!(template.render(&person("Ann")), Err(RenderError::Failed(_))));
    assert_eq!(one("{{ first_name | replace('n', 'm') }}", &person("Ann")).text, "Amm");
}

/// Server-side template injection (OWASP WSTG-INPV-18): there is nothing to reach but the fields of the
/// person. Each of these is a fault, an error for the person, or plain text.
#[test]
fn no_template_reaches_beyond_the_fields() {
    for source in [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ first_name.__class__ }}",
        "{{ config }}{{ self }}{{ request }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lipsum.__globals__['os'].popen('id').read() }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ first_name | attr('__class__') }}",
        "{{ first_name | map(attribute='x') | list }}",
        "{{ dict(a=1) }}{{ namespace() }}{{ debug() }}",
        "{% include '/etc/passwd' %}",
        "{% extends 'base.html' %}",
        "{% import 'os' as os %}{{ os.popen('id') }}",
        "{% from 'x' import y %}",
        "{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}",
        "{% set first_name = 'x' %}{% block a %}{{ caller() }}{% endblock %}",
        "{% for i in range(1000000000) %}x{% endfor %}",
        "{{ range(1000000000) | list }}",
        "{{ 'x' * 1000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ loop }}{{ env }}{{ environ }}{{ consent }}{{ opt_out }}",
    ] {
        let rendered = Template::compile(source).map(|template| template.render(&person("Ann")));
        if let Ok(Ok(parts)) = rendered {
            let text: String = parts.into_iter().map(|body| body.text).collect();
            panic!("{source} renders {} characters: {:.80}", text.len(), text);
        }
    }
    // In other languages' marks it is text, and nothing is worked out.
    for source in ["${7*7} #{7*7} <%= 7*7 %> *{7*7} @(7*7) [[7*7]]", "a $(id) `id`"] {
        let body = one(&source.replace('*', "\\*"), &person("Ann"));
        assert!(!body.text.contains("49"), "{}", body.text);
    }
}

#[test]
fn lists_and_quotes() {
    let body = one("Bring:\n\n- water\n- bread\n\n1. one\n2. two\n\n> quoted\n\nend", &person(""));
    assert_eq!(body.text, "Bring:\n\n• water\n• bread\n\n1. one\n2. two\n\nquoted\n\nend");
    assert_eq!(body.entities[0].kind, EntityKind::Quote);
}
