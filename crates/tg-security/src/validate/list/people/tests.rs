//! Lists as offices write them, and as attackers do.

#![allow(clippy::unwrap_used)]

use super::super::header::{ColumnMap, ListError};
use super::super::reader::{ListFormat, PeopleReader};
use super::super::row::{Reject, RowConsent, RowError};
use super::*;
use crate::validate::PhoneRules;
use proptest::prelude::*;
use std::io;

fn options() -> ListOptions {
    ListOptions {
        format: ListFormat::default(),
        map: ColumnMap::default(),
        phones: PhoneRules::default(),
        now: Timestamp(1_800_000_000_000),
    }
}

fn open(list: &[u8]) -> Result<PeopleReader<&[u8]>, ListError> {
    PeopleReader::new(list, options())
}

fn read(list: &[u8]) -> (Vec<Row>, Vec<Reject>) {
    let (mut rows, mut rejects) = (Vec::new(), Vec::new());
    for item in open(list).unwrap() {
        match item {
            Ok(row) => rows.push(row),
            Err(RowError::Rejected(reject)) => rejects.push(reject),
            Err(RowError::Failed(error)) => panic!("{error}"),
        }
    }
    (rows, rejects)
}

/// The single reject of a list with one row.
fn rejected(list: &[u8]) -> (String, String) {
    let (rows, mut rejects) = read(list);
    assert!(rows.is_empty(), "{rows:?}");
    let reject = rejects.pop().unwrap();
    assert!(rejects.is_empty());
    (reject.column, reject.reason)
}

#[test]
fn a_list_with_everything() {
    let list = "\u{FEFF} Username ,PHONE,User-Id,First Name,last_name,LANG,tz,Order No\r\n\
        @ann_1984,+49 151 12345678,777000,\" Ann \",O’Brien,pt_br,Europe/Lisbon,\"a, \"\"b\"\"\r\nc\"\r\n\
        \r\n\
        t.me/bob_1984,,,,,,,\r\n";
    let reader = open(list.as_bytes()).unwrap();
    assert_eq!(reader.fields().collect::<Vec<_>>(), ["order_no"]);
    let (rows, rejects) = read(list.as_bytes());
    assert_eq!(rejects, []);
    let ann = &rows[0].person;
    assert_eq!(ann.username.as_ref().unwrap().as_str(), "ann_1984");
    assert_eq!(ann.phone.as_ref().unwrap().e164(), "+4915112345678");
    assert_eq!(ann.user_id.unwrap().0, 777_000);
    assert_eq!((ann.first_name.as_str(), ann.last_name.as_str()), ("Ann", "O’Brien"));
    assert_eq!((ann.lang.as_str(), ann.tz.as_str()), ("pt-BR", "Europe/Lisbon"));
    assert_eq!(ann.fields["order_no"], "a, \"b\"\nc");
    assert_eq!(rows[1].line, 5);
    assert_eq!(rows[1].person.fields["order_no"], "", "the field exists, empty");
}

#[test]
fn columns_are_mapped_left_out_and_separated_as_the_operator_says() {
    let mut options = ListOptions { format: ListFormat::Csv { delimiter: b';' }, ..options() };
    options.map.map("phone=Mobile").unwrap();
    options.map.map("first_name=Given, name").unwrap();
    options.map.ignore("Größe");
    let list = "Mobile;Größe;\"Given, name\";City\n+4915112345678;9;\"Ann;a\";Ulm\n";
    let mut reader = PeopleReader::new(list.as_bytes(), options.clone()).unwrap();
    assert_eq!(reader.fields().collect::<Vec<_>>(), ["city"]);
    let row = reader.next().unwrap().unwrap();
    assert_eq!((row.person.first_name.as_str(), row.person.fields.len()), ("Ann;a", 1));
    options.map.map("lang=Sprache").unwrap();
    let error = PeopleReader::new(list.as_bytes(), options).err().unwrap();
    assert!(matches!(&error, ListError::NoSuchColumn(name) if name == "Sprache"), "{error}");
}

#[test]
fn a_row_can_say_how_its_person_agreed() {
    let list = b"username,consent,consented_at,consent_evidence,consent_scope,tags,opted_out_at,suppressed\n\
        ann_1984,'-fair,2026-10-03,form 7,news,vip; b vip,2026-11-01T10:00:00Z,yes\n\
        bob_1984,,,,,,,\n\
        cat_1984,x,2999-01-01,,,,,\n\
        cat_1984,x,,,,no+tag,,\n\
        cat_1984,x,,,,,,maybe\n";
    let (rows, rejects) = read(list);
    let ann = &rows[0];
    let consent = &ann.consent;
    assert_eq!((consent.source.as_str(), consent.evidence.as_str()), ("-fair", "form 7"));
    assert_eq!((consent.scope.as_str(), consent.at), ("news", Some(Timestamp(1_790_985_600_000))));
    assert_eq!(ann.tags.iter().map(|tag| tag.as_str()).collect::<Vec<_>>(), ["b", "vip"]);
    assert!(ann.suppressed && ann.opted_out_at.is_some() && ann.person.fields.is_empty());
    assert_eq!(rows[1].consent, RowConsent::default());
    let columns: Vec<_> = rejects.iter().map(|reject| reject.column.as_str()).collect();
    assert_eq!(columns, ["consented_at", "tags", "suppressed"]);
}

#[test]
fn headers_that_cannot_be_used() {
    type Judge = fn(&ListError) -> bool;
    let many = format!("username{}\n", ",x".repeat(10_000));
    let over = (0..100).fold("username".to_owned(), |list, n| format!("{list},c{n}"));
    let large = format!("username,{}", "x".repeat(1_000_000));
    let cases: [(&[u8], Judge); 16] = [
        (b"", |e| matches!(e, ListError::Empty)),
        (b"\n\r\n\n", |e| matches!(e, ListError::Empty)),
        (b"\xEF\xBB\xBF", |e| matches!(e, ListError::Empty)),
        (b"\xFF\xFEu\0s\0", |e| matches!(e, ListError::Utf16)),
        (b"name,city\n", |e| matches!(e, ListError::NoAddress)),
        (b"username;phone\n", |e| matches!(e, ListError::Separator { found: ';', expected: ',' })),
        (b"username\tphone\n", |e| matches!(e, ListError::Separator { found: '\t', .. })),
        (b"username,city,City \n", |e| {
            matches!(e, ListError::Duplicate { first: 2, second: 3, .. })
        }),
        (b"first name,username,first_name\n", |e| matches!(e, ListError::Duplicate { .. })),
        (b"username,\n", |e| matches!(e, ListError::Column { column: 2, .. })),
        (b"username,{{x}}\n", |e| matches!(e, ListError::Column { column: 2, .. })),
        (b"username,\xFF\n", |e| matches!(e, ListError::NotUtf8 { column: 2 })),
        (b"username,\"x\n1,2\n", |e| matches!(e, ListError::Unclosed)),
        (many.as_bytes(), |e| matches!(e, ListError::TooManyColumns)),
        (over.as_bytes(), |e| matches!(e, ListError::TooManyColumns)),
        (large.as_bytes(), |e| matches!(e, ListError::TooLarge)),
    ];
    for (list, judge) in cases {
        let error = open(list).err().unwrap();
        assert!(judge(&error), "{error:?}");
    }
}

#[test]
fn a_hundred_columns_are_allowed() {
    let header = (0..99).fold("username".to_owned(), |list, n| format!("{list},c{n}"));
    let list = format!("{header}\nann_1984{}\n", ",v".repeat(99));
    assert_eq!(read(list.as_bytes()).0[0].person.fields.len(), 99);
}

#[test]
fn a_fault_names_its_column_and_the_rows_around_it_go_on() {
    let list = b"username,phone,lang,note\n\
        ann_1984,,,\n\
        no,,,\n\
        ,12345,,\n\
        bob_1984,,german!,\n\
        bob_1984,,,\x00\n\
        bob_1984,,,\xFF\xFE\n\
        ,,,x\n\
        bob_1984,,\n\
        bob_1984,,,,\n\
        cat_1984,,,\n";
    let (rows, rejects) = read(list);
    assert_eq!(rows.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 11]);
    let found: Vec<_> = rejects.iter().map(|r| (r.line, r.column.as_str())).collect();
    assert_eq!(
        found,
        [
            (3, "username"),
            (4, "phone"),
            (5, "lang"),
            (6, "note"),
            (7, "note"),
            (8, "username"),
            (9, "note"),
            (10, "note"),
        ]
    );
    assert_eq!(rejects[0].raw, "no,,,");
    assert!(rejects[1].reason.contains("country"));
    assert!(!rejects[1].reason.contains("12345"), "reasons do not quote");
}

#[test]
fn hostile_values() {
    let name =
        |value: &str| rejected(format!("username,first_name\nann_1984,{value}\n").as_bytes());
    assert_eq!(name("a\u{1b}[2J").0, "first_name");
    assert_eq!(name(&"x".repeat(100_000)).0, "first_name");
    let (column, reason) = name(&"x".repeat(1_000_000));
    assert_eq!(column, "first_name");
    assert!(reason.contains("262144 bytes"), "{reason}");
    let list = "username,first_name\nann_1984,\u{202E}=SUM(A1)\u{202C}\n";
    assert_eq!(read(list.as_bytes()).0[0].person.first_name, "=SUM(A1)");
    let wide = format!("username\nann_1984{}\nbob_1984\n", ",x".repeat(10_000));
    let (rows, rejects) = read(wide.as_bytes());
    assert_eq!((rows.len(), rejects[0].column.as_str()), (1, "username"));
}

#[test]
fn an_unclosed_quote_cannot_swallow_people_unnoticed() {
    let (rows, rejects) = read(b"username,note\nann_1984,\"hi\nbob_1984,x\ncat_1984,y\n");
    assert_eq!(rows, []);
    assert_eq!((rejects[0].line, rejects[0].column.as_str()), (2, "note"));
    assert!(rejects[0].reason.contains("not closed"));
}

#[test]
fn test_numbers_follow_the_rules() {
    let list = b"phone\n+9996621234\n".as_slice();
    assert_eq!(read(list).1[0].column, "phone");
    let rules = PhoneRules { test_numbers: true, region: Some("DE".parse().unwrap()) };
    let options = ListOptions { phones: rules, ..options() };
    let row = PeopleReader::new(list, options.clone()).unwrap().next().unwrap().unwrap();
    assert_eq!(row.person.phone.unwrap().e164(), "+9996621234");
    let row = PeopleReader::new(b"phone\n0151 12345678\n".as_slice(), options).unwrap().next();
    assert_eq!(row.unwrap().unwrap().person.phone.unwrap().e164(), "+4915112345678");
}

#[test]
fn a_later_reason_keeps_line_and_text() {
    let (mut rows, _) = read(b"username\n\nann_1984\n");
    let reject = rows.remove(0).reject("username", "it would join two people");
    assert_eq!((reject.line, reject.raw.as_str()), (3, "ann_1984"));
}

#[test]
fn a_failing_input_is_reported_once() {
    struct Broken(u8);
    impl io::Read for Broken {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 > 1 {
                return Err(io::Error::other("gone"));
            }
            let head = b"username\nann_1984\nbo";
            out[..head.len()].copy_from_slice(head);
            Ok(head.len())
        }
    }
    let mut reader = PeopleReader::new(Broken(0), options()).unwrap();
    assert!(reader.next().unwrap().is_ok());
    assert!(matches!(reader.next(), Some(Err(RowError::Failed(ListError::Read(_))))));
    assert!(reader.next().is_none());
}

proptest! {
    #[test]
    fn any_bytes_give_rows_or_rejects(
        tail in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let list = [b"username,phone,note\n".as_slice(), &tail].concat();
        let (rows, rejects) = read(&list);
        prop_assert!(rows.iter().all(|row| row.person.is_addressed()));
        prop_assert!(rejects.iter().all(|r| !r.column.is_empty() && r.raw.len() <= 1_024));
    }

    #[test]
    fn names_and_fields_round_trip(
        name in "[A-Za-zéß山 ,\"']{0,20}",
        note in "[a-z,\"\n\té]{0,30}",
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["username", "first_name", "note"]).unwrap();
        writer.write_record(["ann_1984", &name, &note]).unwrap();
        let (rows, rejects) = read(&writer.into_inner().unwrap());
        prop_assert!(rejects.is_empty());
        prop_assert_eq!(rows[0].person.first_name.as_str(), name.trim());
        prop_assert_eq!(rows[0].person.fields["note"].as_str(), note.trim());
    }
}
