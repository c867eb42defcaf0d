//! A template, whoever wrote it, checked and rendered for a person, whoever filled in the list.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tg_core::contact::{Person, STANDARD_FIELDS};
use tg_core::template::{Format, Template};
use tg_fuzz::{pick, sendable, split};

fuzz_target!(|data: &[u8]| {
    let Some((format, rest)) = pick(data, &Format::ALL) else { return };
    let Some((source, value)) = split(rest) else { return };
    match Template::compile_as(source, format) {
        Ok(template) => {
            let lines = source.lines().count().max(1);
            for fault in template.unknown_fields(source, &STANDARD_FIELDS) {
                assert!((1..=lines).contains(&fault.line) && fault.column > 0);
            }
            let mut person = Person { first_name: value.to_owned(), ..Person::default() };
            person.fields.insert("city".to_owned(), value.to_owned());
            if let Ok(parts) = template.render(&person) {
                parts.iter().for_each(sendable);
            }
        }
        Err(faults) => {
            let lines = source.split('\n').count();
            assert!(!faults.is_empty());
            for fault in faults {
                assert!((1..=lines + 1).contains(&fault.line), "line {} of {lines}", fault.line);
                assert!(fault.column > 0);
            }
        }
    }
});
