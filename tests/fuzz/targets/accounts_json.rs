//! `accounts.json`: any bytes; what is refused names its place and quotes no key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tg_security::parse_accounts;

/// So many characters of a quoted value in an error would be more than a name.
const MOST: usize = 400;

fuzz_target!(|data: &[u8]| {
    match parse_accounts(data) {
        Ok(accounts) => {
            for (index, account) in accounts.iter().enumerate() {
                let name = account.name.as_str();
                assert!(accounts[..index].iter().all(|other| other.name.as_str() != name));
                assert!(account.session.dcs.iter().any(|dc| dc.dc == account.session.home_dc));
            }
        }
        Err(error) => {
            let text = error.to_string();
            assert!(text.len() < MOST, "{text}");
            if let Some(place) = error.place() {
                assert!(place.path.starts_with("accounts"), "{}", place.path);
                let lines = data.iter().filter(|byte| **byte == b'\n').count() + 1;
                assert!(place.line <= lines, "line {} of {lines}", place.line);
            }
        }
    }
});
