//! Inboxes over the real store.
#![allow(clippy::unwrap_used)]

use super::{NewAnswer, Wanted, list, reply, reply_status, show};
use crate::testing::{Home, actor, local};
use crate::{Kind, Role, campaigns, contacts};
use tg_core::delivery::Event;
use tg_core::ids::{AccessHash, MessageId, Slug, UserId};
use tg_core::inbox::{HeardMessage, HeardUser};
use tg_core::peer::Username;
use tg_core::ports::{Clock, PeerFact};

/// Somebody writes to `acc-1`, as the engine stores it.
async fn says(home: &Home, user: i64, message: i32, text: &str, no: bool) {
    let now = home.clock.now();
    let heard = HeardMessage {
        user: UserId(user),
        message_id: MessageId(message),
        at: now,
        text: text.to_owned(),
        outgoing: false,
        reply_to: None,
    };
    home.write(move |unit| {
        let account = unit.account_named(&Slug::parse("acc-1").unwrap())?.unwrap().id;
        let name = HeardUser {
            user: heard.user,
            hash: None,
            username: Username::parse(&format!("Writer_{user}")).ok(),
            name: format!("W {user}"),
        };
        unit.name_user(&name)?;
        unit.keep_message(account, &heard, no, now)?;
        if no {
            unit.opt_out_user(heard.user, "wrote STOP", now)?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn who_wrote_is_listed_with_what_they_answer() {
    let home = Home::new();
    home.started_spring(2).await;
    home.send("acc-1", 2, Some(Event::Delivered)).await;
    home.send("acc-2", 2, Some(Event::Delivered)).await;
    says(&home, 1, 20, "When?", false).await;
    says(&home, 2, 21, "STOP", true).await;
    says(&home, 99, 22, "hello", false).await;
    let all = list(&home.app, &local(), Wanted::default()).await.unwrap().conversations;
    assert_eq!(all.iter().map(|talk| talk.user_id).collect::<Vec<_>>(), [99, 2, 1]);
    assert_eq!(all[0].contact, None);
    assert_eq!((all[0].username.as_deref(), all[0].name.as_str()), (Some("Writer_99"), "W 99"));
    assert!(all[1].opted_out && !all[2].opted_out);
    let wanted = Wanted { account: Some("acc-2"), ..Wanted::default() };
    assert!(list(&home.app, &local(), wanted).await.unwrap().conversations.is_empty());
    let report = campaigns::report(&home.app, &local(), "spring").await.unwrap();
    assert!(report.replied >= 1 && report.replied <= 2, "{report:?}");
    let wanted = Wanted { campaign: Some("autumn"), ..Wanted::default() };
    let error = list(&home.app, &local(), wanted).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}

#[tokio::test]
async fn one_person_is_shown_whoever_they_are() {
    let home = Home::new();
    home.spring(2).await;
    says(&home, 2, 21, "STOP", true).await;
    says(&home, 99, 22, "hello", false).await;
    for who in ["99", "@writer_99"] {
        let talk = show(&home.app, &local(), who).await.unwrap();
        assert_eq!((talk.contact, talk.messages[0].text.as_str()), (None, "hello"));
    }
    let known = show(&home.app, &local(), "@person0002").await.unwrap();
    assert!(known.messages[0].opt_out && known.opt_out.is_some());
    let contact = contacts::show(&home.app, &local(), "2").await.unwrap();
    assert_eq!(contact.messages, known.messages);
    let nobody = show(&home.app, &local(), "12345").await.unwrap_err();
    assert_eq!(nobody.kind(), Kind::NotFound);
    let viewer = show(&home.app, &actor(Role::Viewer), "99").await.unwrap_err();
    assert_eq!(viewer.kind(), Kind::Refused);
}

#[tokio::test]
async fn whoever_wrote_is_answered_through_the_account_they_wrote_to() {
    let home = Home::new();
    home.spring(2).await;
    let answer = |who, text| NewAnswer { who, text, account: None };
    let app = &home.app;
    let error = reply(app, &local(), answer("1", "Hello")).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Refused, "not_written"));
    says(&home, 1, 20, "When?", false).await;
    let error = reply(app, &local(), answer("1", "At eight")).await.unwrap_err();
    assert_eq!(error.code(), "unreachable");
    home.write(|unit| {
        let account = unit.account_named(&Slug::parse("acc-1").unwrap())?.unwrap().id;
        unit.put_peers(account, &[PeerFact { user: UserId(1), hash: AccessHash(5) }])
    })
    .await;
    let error = reply(app, &local(), answer("1", "  ")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Usage);
    let done = reply(app, &local(), answer("@person0001", " At eight ")).await.unwrap();
    assert_eq!((done.account.as_str(), done.text.as_str()), ("acc-1", "At eight"));
    assert_eq!(done.outcome, "pending");
    let again = reply_status(app, &local(), done.reply).await.unwrap();
    assert_eq!(again, done);
    assert_eq!(show(app, &local(), "1").await.unwrap().replies, [done]);
    let log = home.audit().await;
    let row = log.iter().find(|row| row.contains("inbox.reply inbox done"));
    assert!(row.is_some_and(|row| !row.contains("eight")), "{log:?}");
    says(&home, 1, 21, "Stop", true).await;
    let error = reply(app, &local(), answer("1", "But")).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Refused, "opted_out"));
    home.clock.advance(std::time::Duration::from_secs(1));
    says(&home, 1, 22, "Where is my parcel?", false).await;
    assert!(reply(app, &local(), answer("1", "On its way")).await.is_ok());
    let viewer = reply(app, &actor(Role::Viewer), answer("1", "Hi")).await.unwrap_err();
    assert_eq!(viewer.code(), "not_permitted");
}
