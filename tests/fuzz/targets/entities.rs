//! Markdown and HTML to a text with entities; a field's value stays text wherever it stands.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tg_core::contact::Person;
use tg_core::template::{Format, Template};
use tg_fuzz::{pick, sendable, split};

const FIELD: &str = "{{ first_name }}";

fuzz_target!(|data: &[u8]| {
    let Some((format, rest)) = pick(data, &Format::ALL) else { return };
    let Some((markup, value)) = split(rest) else { return };
    // What Jinja would do is the business of another target.
    if ["{{", "{%", "{#"].iter().any(|tag| markup.contains(tag)) {
        return;
    }
    // One control character stands for the field; so it gets into links, code and tags.
    let source = markup.replace('\u{1}', FIELD);
    let Ok(template) = Template::compile_as(&source, format) else { return };
    let person = Person { first_name: value.to_owned(), ..Person::default() };
    let Ok(bodies) = template.render(&person) else { return };
    bodies.iter().for_each(sendable);
    let plain = Person { first_name: "x".repeat(value.len().min(1)), ..Person::default() };
    let Ok(same) = template.render(&plain) else { return };
    // Whatever the value says, it makes no entity of its own. (It may lose one that held nothing but space.)
    for (body, other) in bodies.iter().zip(&same) {
        assert!(body.entities.len() <= other.entities.len(), "{:?}", body.entities);
    }
});
