//! Imports and suppressions over the real store.

#![allow(clippy::unwrap_used)]

use crate::segments::Whom;
use crate::testing::{Home, local};
use crate::{Kind, audiences, contacts, json};
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use tg_core::contact::ContactKey;
use tg_core::ids::{Slug, UserId};

/// rows, imported, updated, unchanged, rejected, opt_outs_kept
fn counts(import: &json::Import) -> [u64; 6] {
    assert_eq!(import.rows, import.imported + import.updated + import.unchanged + import.rejected);
    [
        import.rows,
        import.imported,
        import.updated,
        import.unchanged,
        import.rejected,
        import.opt_outs_kept,
    ]
}

async fn members(home: &Home) -> u64 {
    let all = audiences::list(&home.app, &local()).await.unwrap();
    all.audiences.iter().map(|a| a.members).sum()
}

#[tokio::test]
async fn each_row_counts_once_under_the_right_name() {
    let home = Home::new();
    let first = home.people("friends", "username,first_name,city\nannie,Ann,Bonn\nbobby,Bob,\n");
    assert_eq!(counts(&first.await.unwrap()), [2, 2, 0, 0, 0, 0]);
    assert!(!home.rejects_path().exists());
    let again = "username,first_name\nannie,Ann\nbobby,Robert\ncarla,\nx,\ncarla,Carla\n";
    let again = home.people("friends", again).await.unwrap();
    // Carla is named twice: new, then updated by the same file.
    assert_eq!(counts(&again), [5, 1, 2, 1, 1, 0]);
    assert_eq!(again.rejects_file.unwrap(), home.rejects_path().display().to_string());
    assert!(
        home.rejects().starts_with("line,column,reason,raw\n5,username,"),
        "{}",
        home.rejects()
    );
    let shown = audiences::show(&home.app, &local(), "friends", Whom::default()).await.unwrap();
    assert_eq!((shown.audience.members, shown.audience.fields), (3, vec!["city".to_owned()]));
}

#[tokio::test]
async fn an_import_leaves_its_counts_in_the_audit_log() {
    let home = Home::new();
    home.people("friends", "username\nannie\n").await.unwrap();
    assert_eq!(
        home.audit().await,
        [
            "local audience.import audience/friends done: import 1 begun: signed up at the fair",
            "local audience.import audience/friends done: import 1 done: 1 rows: 1 imported, \
             0 updated, 0 unchanged, 0 rejected, 0 opt-outs kept",
        ]
    );
}

#[tokio::test]
async fn no_import_undoes_an_opt_out() {
    let home = Home::new();
    let csv = "username,user_id\nannie,7\n";
    home.people("friends", csv).await.unwrap();
    let at = home.app.clock.now();
    home.write(move |unit| {
        let id = unit.find_contact(&ContactKey::UserId(UserId(7)))?.unwrap().id;
        unit.opt_out(id, "wrote STOP", at)
    })
    .await;
    for audience in ["friends", "others"] {
        let import = home.people(audience, csv).await.unwrap();
        assert_eq!(import.opt_outs_kept, 1, "{audience}");
        let shown = contacts::show(&home.app, &local(), "@Annie").await.unwrap();
        assert_eq!(shown.opt_out.unwrap().how, "wrote STOP");
    }
    let lists = audiences::list(&home.app, &local()).await.unwrap();
    assert!(lists.audiences.iter().all(|list| (list.members, list.opted_out) == (1, 1)));
}

#[tokio::test]
async fn a_row_that_joins_two_people_is_rejected() {
    let home = Home::new();
    home.people("friends", "username,phone\nannie,\n,+491511234567\n").await.unwrap();
    let csv = "username,phone\nbobby,\nannie,+491511234567\n";
    let import = home.people("friends", csv).await.unwrap();
    assert_eq!(counts(&import), [2, 1, 0, 0, 1, 0]);
    let rejects = home.rejects();
    let (reason, raw) = rejects.lines().nth(1).unwrap().split_once("annie,").unwrap();
    assert!(reason.starts_with("3,phone,"), "{rejects}");
    assert!(!reason.contains("1234567") && raw.contains("+491511234567"), "{rejects}");
}

#[tokio::test]
async fn strict_is_all_or_nothing() {
    let home = Home::new();
    let error = home.import("friends", "username\nannie\nno\n", true).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Failed, "import_rejected"));
    assert_eq!(error.to_string(), "1 of 2 rows were rejected, so nothing was imported");
    assert!(error.hint().unwrap().starts_with(&home.rejects_path().display().to_string()));
    assert!(home.rejects().contains("\n3,username,"));
    assert!(audiences::list(&home.app, &local()).await.unwrap().audiences.is_empty());
    let known = home.read(|unit| {
        unit.find_contact(&ContactKey::Username(tg_core::peer::Username::parse("annie").unwrap()))
    });
    assert_eq!(known.await, None);
    assert_eq!(home.audit().await, Vec::<String>::new());
    let good = home.import("friends", "username\nannie\nbobby\n", true).await.unwrap();
    assert_eq!(counts(&good), [2, 2, 0, 0, 0, 0]);
}

#[tokio::test]
async fn strict_rolls_conflicts_back_too() {
    let home = Home::new();
    home.people("friends", "username,user_id\nannie,\n,7\n").await.unwrap();
    let csv = "username,user_id\nbobby,\nannie,7\n";
    let error = home.import("friends", csv, true).await.unwrap_err();
    assert_eq!(error.code(), "import_rejected");
    assert_eq!(members(&home).await, 2);
}

#[tokio::test]
async fn files_larger_than_a_chunk() {
    for strict in [false, true] {
        let home = Home::new();
        let rows: String = (0..9_000).map(|n| format!("person{n}\n")).collect();
        let csv = format!("username\n{rows}");
        let import = home.import("friends", &csv, strict).await.unwrap();
        assert_eq!(counts(&import), [9_000, 9_000, 0, 0, 0, 0]);
        let again = home.import("friends", &csv, strict).await.unwrap();
        assert_eq!(counts(&again), [9_000, 0, 0, 9_000, 0, 0]);
    }
}

#[tokio::test]
async fn a_file_without_a_usable_first_row_leaves_nothing() {
    let home = Home::new();
    for csv in ["", "name,city\nAnn,Bonn\n", "username;city\nannie;Bonn\n"] {
        let error = home.people("friends", csv).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Failed, "unreadable_list"), "{csv}");
    }
    assert!(audiences::list(&home.app, &local()).await.unwrap().audiences.is_empty());
    assert!(home.audit().await.is_empty());
}

/// Fails after its text.
struct Torn(Cursor<Vec<u8>>);

impl Read for Torn {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.0.read(out)? {
            0 => Err(io::Error::other("the disk is gone")),
            n => Ok(n),
        }
    }
}

#[tokio::test]
async fn a_list_that_breaks_off_can_be_imported_again() {
    let home = Home::new();
    let rows: String = (0..4_500).map(|n| format!("person{n}\n")).collect();
    let csv = format!("username\n{rows}");
    for strict in [true, false] {
        let request = audiences::ImportRequest {
            strict,
            reader: Box::new(Torn(Cursor::new(csv.clone().into_bytes()))),
            ..home.request("friends", "signed up", b"")
        };
        let error = audiences::import(&home.app, &local(), request).await.unwrap_err();
        assert_eq!(error.code(), "broken_list");
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the disk is gone");
        assert_eq!(members(&home).await, if strict { 0 } else { 4_000 });
    }
    let whole = home.people("friends", &csv).await.unwrap();
    assert_eq!(counts(&whole), [4_500, 500, 0, 4_000, 0, 0]);
}

#[tokio::test]
async fn a_consent_has_to_be_said() {
    let home = Home::new();
    for consent in ["", "  ", "a\nb", &"x".repeat(501)] {
        let request = home.request("friends", consent, b"");
        let error = audiences::import(&home.app, &local(), request).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Usage, "no_consent"));
    }
}

#[tokio::test]
async fn suppressing_is_all_or_nothing_and_counted_once() {
    let home = Home::new();
    home.people("friends", "username,phone\nannie,+491511234567\nbobby,\n").await.unwrap();
    let who = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let strangers = who(&["@annie", "@nobody", "+491517654321"]);
    let error = audiences::suppress(&home.app, &local(), None, &strangers).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert_eq!(error.to_string(), "nobody is known here as @nobody, +491…21");
    // One person under two names.
    let both = who(&["@annie", "+491511234567"]);
    let list = Some("friends");
    let done = audiences::suppress(&home.app, &local(), list, &both).await.unwrap();
    assert_eq!((done.people, done.newly), (1, 1));
    let again = audiences::suppress(&home.app, &local(), list, &both).await.unwrap();
    assert_eq!((again.people, again.newly), (1, 0));
    let everywhere = audiences::suppress(&home.app, &local(), None, &who(&["@bobby"])).await;
    assert_eq!(everywhere.unwrap().newly, 1);
    let shown = audiences::show(&home.app, &local(), "friends", Whom::default()).await.unwrap();
    assert_eq!(shown.audience.suppressed, 2);
    let none = audiences::suppress(&home.app, &local(), Some("others"), &both).await.unwrap_err();
    assert_eq!(none.kind(), Kind::NotFound);
    let usage = audiences::suppress(&home.app, &local(), None, &[]).await.unwrap_err();
    assert_eq!(usage.kind(), Kind::Usage);
    let annie = home.read(|unit| {
        let key = ContactKey::Username(tg_core::peer::Username::parse("annie").unwrap());
        let id = unit.find_contact(&key)?.unwrap().id;
        unit.suppressions(id)
    });
    assert_eq!(annie.await, [Some(Slug::parse("friends").unwrap())]);
}

/// Keeps what an export hands over, as many as it wants.
struct Kept {
    fields: Vec<String>,
    members: Vec<json::Member>,
    most: usize,
}

impl audiences::ExportSink for Kept {
    fn begin(&mut self, fields: &[String]) -> io::Result<()> {
        self.fields = fields.to_vec();
        Ok(())
    }

    fn member(&mut self, member: &json::Member) -> io::Result<ControlFlow<()>> {
        if self.members.len() == self.most {
            return Ok(ControlFlow::Break(()));
        }
        self.members.push(member.clone());
        Ok(ControlFlow::Continue(()))
    }
}

#[tokio::test]
async fn a_list_is_taken_out_whole_and_on_record() {
    let home = Home::new();
    let rows: String = (1..=2_001).map(|at| format!(",{at},Bonn\n")).collect();
    let csv = format!("phone,user_id,city\n+4915112345678,,Ulm\n{rows}");
    home.people("friends", &csv).await.unwrap();
    let out = ["5".to_owned()];
    audiences::suppress(&home.app, &local(), Some("friends"), &out).await.unwrap();
    let mut kept = Kept { fields: vec![], members: vec![], most: usize::MAX };
    let people = audiences::export(&home.app, &local(), "friends", Whom::default(), &mut kept)
        .await
        .unwrap();
    assert_eq!((people, kept.members.len()), (2_002, 2_002));
    assert_eq!(kept.fields, ["city"]);
    let first = &kept.members[0];
    assert_eq!(
        (first.person.phone.as_deref(), first.person.fields["city"].as_str()),
        (Some("+4915112345678"), "Ulm")
    );
    assert_eq!(first.consent.as_deref(), Some("signed up at the fair"));
    let suppressed: Vec<_> = kept.members.iter().filter(|m| m.suppressed).collect();
    assert_eq!((suppressed.len(), suppressed[0].person.user_id), (1, Some(5)));
    assert_eq!(
        home.audit().await.pop().unwrap(),
        "local audience.export audience/friends done: 2002 people, with whole phone numbers"
    );
    let mut some = Kept { fields: vec![], members: vec![], most: 3 };
    assert_eq!(
        audiences::export(&home.app, &local(), "friends", Whom::default(), &mut some)
            .await
            .unwrap(),
        3
    );
    let nobody =
        audiences::export(&home.app, &local(), "strangers", Whom::default(), &mut some).await;
    assert_eq!(nobody.unwrap_err().kind(), Kind::NotFound);
}
