//! A list of people, as some office program or an attacker wrote it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tg_security::validate::PhoneRules;
use tg_security::validate::list::{
    ColumnMap, Exported, ListFormat, ListOptions, MAX_RAW, PeopleReader, PeopleWriter, RejectWriter,
    RowError,
};

fuzz_target!(|data: &[u8]| {
    // The first byte says how the rest is written.
    let (format, data) = match data.split_first() {
        Some((b'{', rest)) => (ListFormat::JsonLines, rest),
        Some((b';', rest)) => (ListFormat::Csv { delimiter: b';' }, rest),
        _ => (ListFormat::default(), data),
    };
    let options = ListOptions {
        format,
        map: ColumnMap::default(),
        phones: PhoneRules { region: None, test_numbers: true },
        now: tg_core::time::Timestamp::NEVER,
    };
    let Ok(reader) = PeopleReader::new(data, options.clone()) else { return };
    let mut rejects = RejectWriter::new(Vec::new()).expect("memory takes everything");
    let mut kept = Vec::new();
    let mut last = 0;
    for row in reader {
        match row {
            Ok(row) => {
                assert!(row.person.is_addressed() && row.raw.len() <= MAX_RAW);
                assert!(row.line > last, "line {} after {last}", row.line);
                last = row.line;
                kept.push(row.person);
            }
            Err(RowError::Rejected(reject)) => {
                assert!(reject.line > last && reject.raw.len() <= MAX_RAW);
                assert!(!reject.reason.is_empty());
                last = reject.line;
                rejects.write(&reject).expect("memory takes everything");
            }
            Err(RowError::Failed(_)) => panic!("memory does not fail"),
        }
    }
    let rejects = rejects.finish().expect("memory takes everything");
    assert!(std::str::from_utf8(&rejects).is_ok());
    again(&kept, ListOptions { format: ListFormat::default(), ..options });
});

/// Who was read can be written and is read as the same person again.
fn again(people: &[tg_core::contact::Person], options: ListOptions) {
    let mut out = PeopleWriter::new(Vec::new(), []).expect("memory takes everything");
    for person in people {
        let user_id = person.user_id.map_or_else(String::new, |id| id.0.to_string());
        let exported = Exported {
            username: person.username.as_ref().map_or("", |name| name.as_str()),
            phone: person.phone.as_ref().map_or("", |phone| phone.e164()),
            user_id: &user_id,
            names: ["", "", &person.lang, &person.tz],
            fields: Vec::new(),
            permission: ["fair", "", "", "", "", "", ""],
        };
        out.write(&exported).expect("memory takes everything");
    }
    let text = out.finish().expect("memory takes everything");
    let reader = PeopleReader::new(text.as_slice(), options).expect("our own list");
    let read: Vec<_> = reader.map(|row| row.expect("our own row").person).collect();
    assert_eq!(read.len(), people.len());
    for (now, before) in read.iter().zip(people) {
        assert_eq!((&now.username, &now.phone), (&before.username, &before.phone));
        assert_eq!((now.user_id, &now.lang, &now.tz), (before.user_id, &before.lang, &before.tz));
    }
}
