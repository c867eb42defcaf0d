//! Templates: loops without end, output without end, recursion, and reaching for what is no field.

use crate::world::World;
use std::fs;

fn world() -> World {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    let list = "username,first_name\nanna_1,Anna\nbobby_2,{{ 7 * 7 }}\n";
    fs::write(world.path("list.csv"), list).unwrap();
    world.tg(&["audience", "import", "friends", "list.csv", "--consent", "c"]).ok();
    world
}

/// Adds a template and looks at it; the exit codes of `lint` and `preview`, and what preview said.
fn tried(world: &World, name: &str, file: &str, source: &str) -> (i32, i32, String) {
    fs::write(world.path(file), source).unwrap();
    world.tg(&["template", "add", name, file]).ok();
    let lint = world.tg(&["template", "lint", name, "--audience", "friends"]);
    let preview =
        world.tg_json(&["template", "preview", name, "--audience", "friends", "--count", "9"]);
    assert!(!preview.err.contains("panicked") && !lint.err.contains("panicked"));
    let said = format!("{}{}", preview.out, preview.err);
    assert!(said.len() < 200_000, "{name}: {} bytes", said.len());
    (lint.code.unwrap(), preview.code.unwrap(), said)
}

#[test]
fn loops_and_output_without_end_come_to_an_end_and_are_named() {
    let world = world();
    let nested = "{% for a in 'xxxxxxxxxxxxxxxx' %}".repeat(8);
    let closed = "{% endfor %}".repeat(8);
    let doubling = "{% set a = a ~ a %}".repeat(60);
    let captured = "{% set a %}{{ a }}{{ a }}{% endset %}".repeat(60);
    let sources = [
        format!("{nested}{{{{ first_name }}}}{closed}"),
        format!("{{% set a = 'xxxxxxxx' %}}{doubling}{{{{ a }}}}"),
        format!("{{% set a = 'xxxxxxxx' %}}{captured}{{{{ a }}}}"),
        format!("{{% set a = first_name %}}{}{{{{ a }}}}", "{% set a = [a, a] %}".repeat(60)),
        "{{ 'x' * 1000000000 }}".to_owned(),
        "{{ 'x' * 10000000000000000000 }}".to_owned(),
        format!("{{{{ first_name{} }}}}", "|replace('', 'xxxxxxxxxxxxxxxx')".repeat(12)),
        "{% for a in 'xy' recursive %}{{ loop('xy') }}{% endfor %}".to_owned(),
        "x".repeat(250_000),
        "# ".repeat(100_000),
        "{{ first_name }}".repeat(12_000),
    ];
    for (n, source) in sources.iter().enumerate() {
        let extension = ["md", "html", "txt"][n % 3];
        let (name, file) = (format!("t{n}-{extension}"), format!("t.{extension}"));
        let (_, preview, said) = tried(&world, &name, &file, source);
        let begin = &source[..source.len().min(60)];
        assert!(preview != 0, "{extension} {begin}: {said}");
        assert!(said.contains("error"), "{extension} {begin}: {said}");
    }
}

#[test]
fn depth_without_end_is_a_fault_with_its_place() {
    let world = world();
    let sources = [
        format!("{{{{ {}1{} }}}}", "(".repeat(50_000), ")".repeat(50_000)),
        format!("{{{{ {} }}}}", "[".repeat(50_000)),
        format!("{{{{ {}first_name }}}}", "not ".repeat(50_000)),
        format!("{{{{ {}1 }}}}", "-".repeat(50_000)),
        "{% if true %}".repeat(20_000),
        format!("{{{{ first_name{} }}}}", "|upper".repeat(40_000)),
        format!("{{{{ first_name{} }}}}", ".a".repeat(100_000)),
        format!("{{{{ 1{} }}}}", " ~ 1".repeat(50_000)),
        format!("{}x{}", "<b>".repeat(30_000), "</b>".repeat(30_000)),
        format!("{}x", "> ".repeat(100_000)),
        format!("{}x", "- ".repeat(100_000)),
        format!("{}x{}", "**".repeat(60_000), "**".repeat(60_000)),
        "[".repeat(200_000),
        "![](".repeat(60_000),
        "`".repeat(200_000),
    ];
    for (n, source) in sources.iter().enumerate() {
        let extension = if source.starts_with('<') { "html" } else { "md" };
        let (name, file) = (format!("t{n}-{extension}"), format!("t.{extension}"));
        let (lint, preview, said) = tried(&world, &name, &file, source);
        let begin = &source[..source.len().min(60)];
        assert!([0, 1].contains(&lint), "{extension} {begin}: lint {lint}");
        assert!([0, 1, 4].contains(&preview), "{extension} {begin}: preview {preview}: {said}");
        assert!(lint == 0 || said.contains("line "), "{extension} {begin}: {said}");
    }
}

#[test]
fn nothing_is_reached_but_the_fields_of_the_person() {
    let world = world();
    // From the OWASP payloads for Jinja and its relatives: all of them want more than a field.
    let payloads = [
        "{{ config }}",
        "{{ self }}",
        "{{ request.application.__globals__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__['os'].popen('id').read() }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}{{ os }}",
        "{% extends 'base.html' %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{{ range(1000000000)|list }}",
        "{{ debug() }}",
        "{{ dict(a=1) }}",
        "{{ namespace(x=1) }}",
        "{{ first_name.__class__ }}",
        "{{ first_name|attr('x') }}",
        "{{ first_name|map('x') }}",
        "{{ environment }}",
        "{{ phone }}{{ token }}",
    ];
    for (n, payload) in payloads.iter().enumerate() {
        let (lint, preview, said) = tried(&world, &format!("t{n}"), "t.md", payload);
        assert!(lint == 1 || preview != 0, "{payload}: {said}");
    }
}

#[test]
fn a_field_is_never_read_as_a_template() {
    let world = world();
    let (lint, _, said) = tried(&world, "hello", "t.md", "Hi {{ first_name }}");
    assert_eq!(lint, 0);
    assert!(said.contains("Hi {{ 7 * 7 }}") && !said.contains("49"), "{said}");
}
