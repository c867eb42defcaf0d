//! The simulator's rules: any text that is posted to them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tg_sim::fuzzing::script;

fuzz_target!(|text: &str| {
    if let Err(error) = script(text) {
        assert!(!error.to_string().is_empty());
    }
});
