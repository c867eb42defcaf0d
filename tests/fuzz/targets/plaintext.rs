//! Configurations with secrets in clear: any text in any format; taking its values out changes nothing else.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use tg_fuzz::pick;
use tg_security::plaintext::{Format, plan, scan, without};

const ALL: [Format; 4] = [Format::Json, Format::Toml, Format::Yaml, Format::Env];

fuzz_target!(|data: &[u8]| {
    let Some((format, rest)) = pick(data, &ALL) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let scalars = match scan(format, text) {
        Ok(scalars) => scalars,
        Err(error) => return assert!(error.to_string().len() < 1_000, "{error}"),
    };
    for scalar in &scalars {
        assert!(text.get(scalar.span.clone()).is_some(), "a value is whole characters of the text");
        assert!(scalar.line(text) <= text.matches('\n').count() + 1);
    }
    let plan = plan(&scalars, &BTreeMap::new());
    let gone: Vec<_> = plan.recognised.iter().map(|found| found.scalar).collect();
    // Where a value cannot be taken out alone, the file stays as it is.
    if let Ok(left) = without(format, text, &gone) {
        let again = scan(format, &left).expect("it was compared with what was read before");
        assert_eq!(again.len(), scalars.len());
        let taken = gone.iter().map(|scalar| scalar.span.len()).sum::<usize>();
        assert!(left.len() <= text.len() - taken + 2 * gone.len());
    }
});
