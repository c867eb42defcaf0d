//! A choice among people, as somebody typed it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tg_core::filter::{MAX_FILTER, parse};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match parse(text) {
        Ok(filter) => {
            let printed = filter.to_string();
            // Quotes may make it longer than what is read.
            if printed.len() <= MAX_FILTER {
                assert_eq!(parse(&printed).as_ref(), Ok(&filter), "{printed}");
            }
        }
        Err(error) => assert!(error.column <= text.chars().count() + 1),
    }
});
