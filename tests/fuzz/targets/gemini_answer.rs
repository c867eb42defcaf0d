//! What a model's provider answers: any bytes; a text is never empty, and nothing panics on the way to what is sent.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tg_core::personal::{MAX_LENGTH, Rules};
use tg_net::gemini::read;

fuzz_target!(|data: &[u8]| {
    let rules = Rules::new(MAX_LENGTH, &["forbidden".to_owned()], &["https://example.org"]);
    let Ok(text) = read(data).text else { return };
    assert!(!text.trim().is_empty());
    if let Ok(passed) = rules.check(&text, Some("de")) {
        assert!(passed.encode_utf16().count() <= MAX_LENGTH);
        assert_eq!(rules.check(&passed, Some("de")).as_deref(), Ok(passed.as_str()));
    }
});
