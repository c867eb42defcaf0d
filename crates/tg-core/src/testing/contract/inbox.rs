//! What accounts heard.

use super::Make;
use super::home::{Home, NOW, person, step, stranger};
use crate::delivery::Event;
use crate::ids::{AccountId, MessageId, UserId};
use crate::inbox::{HeardMessage, HeardUser};
use crate::peer::Username;
use crate::ports::{Conversation, Echo, Hearing, InboxFilter, Kept, UpdatePoint};
use crate::time::Timestamp;
use std::time::Duration;

fn heard(number: i64, message: i32, text: &str) -> HeardMessage {
    HeardMessage {
        user: UserId(1_000 + number),
        message_id: MessageId(message),
        at: NOW + Duration::from_secs(u64::try_from(message).unwrap_or(0)),
        text: text.to_owned(),
        outgoing: false,
        reply_to: None,
    }
}

fn own(number: i64, message: i32, text: &str) -> HeardMessage {
    HeardMessage { outgoing: true, ..heard(number, message, text) }
}

fn keep(home: &Home, account: AccountId, message: HeardMessage) -> Kept {
    home.write(move |unit| unit.keep_message(account, &message, false, NOW))
}

fn conversations(home: &Home, filter: InboxFilter) -> Vec<Conversation> {
    home.read(move |unit| unit.conversations(&filter, 100))
}

/// How far an account has heard is replaced, and is nobody else's.
pub fn an_account_remembers_how_far_it_heard(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    assert_eq!(home.read(move |unit| unit.hearing(one)), None);
    let point = UpdatePoint { pts: 7, qts: 1, date: 3, seq: 4 };
    home.write(move |unit| unit.set_update_point(one, point));
    home.write(move |unit| unit.set_acquainted(one));
    let later = UpdatePoint { pts: 9, ..point };
    home.write(move |unit| unit.set_update_point(one, later));
    let hearing = home.read(move |unit| unit.hearing(one));
    assert_eq!(hearing, Some(Hearing { point: later, acquainted: true }));
    assert_eq!(home.read(move |unit| unit.hearing(two)), None);
}

/// A message that is heard again, as after a crash, is there once; another account's message with
/// the same number is another message.
pub fn a_message_is_kept_once(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    assert_eq!(keep(&home, one, heard(1, 5, "hello")), Kept::New { campaign: None });
    assert_eq!(keep(&home, one, heard(1, 5, "hello")), Kept::Again);
    assert_eq!(keep(&home, two, heard(1, 5, "hello")), Kept::New { campaign: None });
    let messages = home.read(|unit| unit.messages_with(UserId(1_001), 10));
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].text, "hello");
}

/// A message belongs to the campaign whose message it answers, else to the latest that the account
/// wrote to that person; one that was there before the campaign belongs to none.
pub fn a_reply_finds_its_campaign(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let (spring, summer) = (
        home.running("spring", &[one], vec![person(1), person(2)]),
        home.running("summer", &[one], vec![person(1)]),
    );
    let epoch = home.epoch();
    let send = |campaign, message: i32| {
        for (n, delivery) in (0..).zip(home.claim_all(epoch, campaign, one, 1)) {
            let mut moved = step(delivery, Event::Delivered);
            moved.message_id = Some(MessageId(message + n));
            home.try_settle(epoch, vec![moved]).expect("it was claimed");
        }
    };
    send(spring, 50);
    send(summer, 60);
    let named = |kept: Kept| match kept {
        Kept::New { campaign } => campaign.map(|(id, _)| id),
        other => panic!("{other:?}"),
    };
    assert_eq!(named(keep(&home, one, heard(1, 70, "which?"))), Some(summer));
    let mut chosen = heard(1, 71, "this one");
    chosen.reply_to = Some(MessageId(50));
    assert_eq!(named(keep(&home, one, chosen)), Some(spring));
    let mut unknown = heard(1, 72, "what?");
    unknown.reply_to = Some(MessageId(4_000));
    assert_eq!(named(keep(&home, one, unknown)), Some(summer));
    assert_eq!(named(keep(&home, one, heard(2, 73, "me too"))), Some(spring));
    let mut before = heard(1, 3, "long ago");
    before.at = NOW - Duration::from_secs(3_600);
    assert_eq!(named(keep(&home, one, before)), None);
    assert_eq!(named(keep(&home, one, heard(3, 74, "who are you?"))), None);
    let in_spring =
        conversations(&home, InboxFilter { campaign: Some(spring), ..InboxFilter::default() });
    assert_eq!(in_spring.iter().map(|c| c.user.0).collect::<Vec<_>>(), [1_002, 1_001]);
    let echo = home.read(move |unit| unit.echo(summer));
    assert_eq!(echo, Echo { replied: 1, replies: 2, opted_out: 0 });
}

/// What an account sends itself is kept where a conversation began, and not twice where a delivery
/// is on record.
pub fn own_messages_belong_to_conversations(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    assert_eq!(keep(&home, one, own(1, 4, "out of the blue")), Kept::Own);
    let spring = home.running("spring", &[one], vec![person(1)]);
    let epoch = home.epoch();
    let delivery = home.claim_all(epoch, spring, one, 1)[0];
    let mut sent = step(delivery, Event::Delivered);
    sent.message_id = Some(MessageId(5));
    home.try_settle(epoch, vec![sent]).expect("it was claimed");
    keep(&home, one, heard(1, 6, "hello?"));
    assert_eq!(keep(&home, one, own(1, 5, "Hi")), Kept::Own);
    assert!(conversations(&home, InboxFilter::default())[0].unanswered);
    assert_eq!(keep(&home, one, own(1, 7, "hello!")), Kept::New { campaign: None });
    let conversation = conversations(&home, InboxFilter::default()).remove(0);
    assert!(!conversation.unanswered);
    assert_eq!((conversation.received, conversation.last.message_id), (1, MessageId(6)));
    let waiting = InboxFilter { unanswered: true, ..InboxFilter::default() };
    assert!(conversations(&home, waiting.clone()).is_empty());
    keep(&home, one, heard(1, 8, "one more thing"));
    assert_eq!(conversations(&home, waiting).len(), 1);
}

/// A "no" holds for the Telegram user and for the contact they are, and the first one is kept.
pub fn a_no_that_was_heard_holds_everywhere(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let spring = home.running("spring", &[one], vec![person(1), person(2)]);
    let told = home.write(move |unit| {
        let first = unit.opt_out_user(UserId(1_001), "wrote STOP", NOW)?;
        let again = unit.opt_out_user(UserId(1_001), "wrote it again", NOW)?;
        Ok((first, again))
    });
    assert_eq!(told, (true, false));
    let no = home.contact(1).opt_out.expect("they said no");
    assert_eq!(no.how, "wrote STOP");
    assert!(home.contact(2).opt_out.is_none());
    let permissions: Vec<bool> =
        home.candidates(spring, one).iter().map(|c| c.permission.opted_out).collect();
    assert_eq!(permissions, [true, false]);
    // Who comes into a list later is found by user id.
    home.write(|unit| unit.opt_out_user(UserId(1_003), "wrote STOP", NOW));
    home.import_one("later", person(3));
    assert!(home.contact(3).opt_out.is_some());
}

/// Whoever writes tells which contact they are.
pub fn a_writer_is_recognised_by_username(make: &Make) {
    let home = Home::new(make);
    home.import_one("friends", stranger(1));
    home.write(|unit| unit.opt_out_user(UserId(1_001), "wrote STOP", NOW));
    assert!(home.contact(1).opt_out.is_none(), "nobody knows that it is the same person");
    let user = HeardUser {
        user: UserId(1_001),
        hash: None,
        username: Username::parse("Person_1").ok(),
        name: "P One".to_owned(),
    };
    home.write(move |unit| unit.name_user(&user));
    assert_eq!(home.contact(1).person.user_id, Some(UserId(1_001)));
    assert!(home.contact(1).opt_out.is_some());
    assert_eq!(home.read(|unit| unit.heard_user_named("person_1")), Some(UserId(1_001)));
    assert_eq!(home.read(|unit| unit.heard_user_named("person_2")), None);
}

/// Old messages are forgotten in bounded steps.
pub fn old_messages_are_forgotten(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    for n in 1..=5 {
        keep(&home, one, heard(n, i32::try_from(n).unwrap_or(0), "hello"));
    }
    let before: Timestamp = NOW + Duration::from_secs(4);
    let forget = || home.write(move |unit| unit.prune_messages(before, 2));
    assert_eq!((forget(), forget(), forget()), (2, 1, 0));
    assert_eq!(conversations(&home, InboxFilter::default()).len(), 2);
}
