//! Answers that were written at the keyboard.

use super::Make;
use super::home::{Home, NOW};
use crate::delivery::{Body, Button, DeliveryState, Event, Outcome, Reason};
use crate::ids::{AccessHash, AccountId, Epoch, MessageId, RandomId, ReplyId, UserId};
use crate::inbox::HeardMessage;
use crate::peer::Peer;
use crate::ports::{
    DueReply, InboxFilter, MessageOwner, NewReply, PeerFact, ReplyRecord, StoreError,
};
use std::time::Duration;
use uuid::Uuid;

const WHO: UserId = UserId(1_001);
const PEER: Peer = Peer::User { id: WHO, hash: AccessHash(7) };
const ID: RandomId = RandomId(-5);

fn write(home: &Home, account: AccountId, text: &str) -> ReplyId {
    let number = text.bytes().map(u128::from).sum();
    let (uuid, body) = (Uuid::from_u128(number), Body::text(text));
    let new = NewReply { uuid, account, user: WHO, body, is_test: false };
    home.write(move |unit| unit.add_reply(&new, NOW))
}

fn due(home: &Home, account: AccountId) -> Vec<DueReply> {
    home.read(move |unit| unit.due_replies(account, NOW, 10))
}

fn claim(home: &Home, epoch: Epoch, reply: ReplyId) -> Result<(), StoreError> {
    home.try_write(move |unit| unit.claim_reply(epoch, reply, PEER, ID, NOW))
}

fn settle(home: &Home, epoch: Epoch, reply: ReplyId, event: Event) -> DeliveryState {
    home.write(move |unit| {
        unit.settle_reply(epoch, reply, &event, Some(NOW), Some(MessageId(9)), NOW)
    })
}

fn record(home: &Home, reply: ReplyId) -> ReplyRecord {
    home.read(move |unit| unit.reply(reply))
}

fn hears(home: &Home, account: AccountId, message: i32, no: bool, after: u64) {
    let at = NOW + Duration::from_secs(after);
    let heard = HeardMessage {
        user: WHO,
        message_id: MessageId(message),
        at,
        text: "hello".to_owned(),
        outgoing: false,
        reply_to: None,
    };
    home.write(move |unit| {
        unit.keep_message(account, &heard, no, at)?;
        if no { unit.opt_out_user(WHO, "wrote STOP", at).map(drop) } else { Ok(()) }
    });
}

/// An answer goes the way of a delivery: planned, claimed with its id, repeated with the same one
/// after a crash, delivered; then it is a message of the conversation.
pub fn an_answer_goes_the_way_of_a_delivery(make: &Make) {
    let home = Home::new(make);
    let (one, two) = (home.account("one", 1), home.account("two", 2));
    home.write(move |unit| unit.put_peers(one, &[PeerFact { user: WHO, hash: AccessHash(7) }]));
    hears(&home, one, 3, false, 0);
    let first = home.epoch();
    let reply = write(&home, one, "At eight.");
    assert!(due(&home, two).is_empty());
    assert_eq!(home.read(|unit| unit.replying()), [one]);
    let planned = due(&home, one).remove(0);
    assert_eq!(
        (planned.id, planned.peer, planned.state),
        (reply, Some(PEER), DeliveryState::Planned)
    );
    claim(&home, first, reply).expect("it is planned");
    assert!(claim(&home, first, reply).is_err(), "it is claimed");
    assert!(due(&home, one).is_empty(), "it is in hand");
    assert_eq!(home.read(move |unit| unit.next_reply_due(one)).map(|at| at.0), Some(0));
    let second = home.epoch();
    let interrupted = home.write(move |unit| unit.interrupt_replies(second, None, NOW));
    assert_eq!(interrupted, 1);
    let again = due(&home, one).remove(0);
    assert_eq!((again.random_id, again.claimed_at, again.peer), (Some(ID), Some(NOW), Some(PEER)));
    assert!(matches!(again.state, DeliveryState::Claimed(e) if e.ambiguous));
    home.write(move |unit| unit.take_reply(second, reply));
    assert_eq!(settle(&home, second, reply, Event::Delivered), DeliveryState::Done(Outcome::Sent));
    assert_eq!(home.read(|unit| unit.replying()), []);
    // What a campaign finds in the history is not its own then.
    let owner = home.read(move |unit| unit.message_owner(one, MessageId(9)));
    assert_eq!(owner, Some(MessageOwner::Reply(reply)));
    assert_eq!(home.read(move |unit| unit.message_owner(two, MessageId(9))), None);
    let talk = home.read(|unit| unit.messages_with(WHO, 10));
    assert_eq!(talk.iter().map(|m| m.outgoing).collect::<Vec<_>>(), [false, true]);
    assert_eq!((talk[1].message_id, talk[1].text.as_str()), (MessageId(9), "At eight."));
    let waiting = InboxFilter { unanswered: true, ..InboxFilter::default() };
    assert!(home.read(move |unit| unit.conversations(&waiting, 10)).is_empty());
    assert!(home.read(|unit| unit.open_replies(WHO, 10)).is_empty());
}

/// A test goes to the account itself, with everything that it says, and is nobody's conversation.
pub fn a_test_goes_to_the_account_itself(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let button = Button { text: "Shop".to_owned(), url: "https://example.org".to_owned() };
    let body = Body { buttons: vec![vec![button]], ..Body::text("Hi") };
    let (uuid, user) = (Uuid::from_u128(4), UserId(1));
    let new = NewReply { uuid, account: one, user, body: body.clone(), is_test: true };
    let reply = home.write(move |unit| unit.add_reply(&new, NOW));
    let planned = due(&home, one).remove(0);
    assert_eq!((planned.peer, planned.body), (Some(Peer::Myself { id: user }), body.clone()));
    let epoch = home.epoch();
    claim(&home, epoch, reply).expect("it is planned");
    let epoch = home.epoch();
    home.write(move |unit| unit.interrupt_replies(epoch, None, NOW));
    let again = due(&home, one).remove(0);
    assert_eq!((again.peer, again.body), (Some(Peer::Myself { id: user }), body));
    home.write(move |unit| unit.take_reply(epoch, reply));
    assert_eq!(settle(&home, epoch, reply, Event::Delivered), DeliveryState::Done(Outcome::Sent));
    assert_eq!(record(&home, reply).message_id, Some(MessageId(9)));
    assert!(home.read(move |unit| unit.messages_with(user, 10)).is_empty());
}

/// A predecessor claims, takes and settles no answer any more.
pub fn answers_are_fenced(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let (old, new) = (home.epoch(), home.epoch());
    let reply = write(&home, one, "Yes");
    assert_eq!(claim(&home, old, reply), Err(StoreError::Fenced));
    claim(&home, new, reply).expect("this is the run");
    let late = home.try_write(move |unit| {
        unit.settle_reply(old, reply, &Event::Delivered, None, Some(MessageId(4)), NOW)
    });
    assert_eq!(late, Err(StoreError::Fenced));
}

/// A refusal ends an answer; a wait puts it back, free of what it was claimed with.
pub fn an_answer_that_is_refused_or_put_off(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let epoch = home.epoch();
    let reply = write(&home, one, "Yes");
    claim(&home, epoch, reply).expect("it is planned");
    assert_eq!(settle(&home, epoch, reply, Event::Release), DeliveryState::Planned);
    assert_eq!(due(&home, one)[0].random_id, None);
    let no = Reason::OPTED_OUT;
    settle(&home, epoch, reply, Event::Ineligible(no.clone()));
    let ended = record(&home, reply);
    assert_eq!(ended.state, DeliveryState::Done(Outcome::Skipped(no)));
    assert_eq!(home.read(|unit| unit.open_replies(WHO, 10)), [ended]);
}

/// Whoever said no is not answered until they write something else.
pub fn a_no_silences_until_another_word(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    write(&home, one, "Yes");
    let silenced = || due(&home, one)[0].silenced;
    assert!(!silenced());
    hears(&home, one, 3, true, 1);
    assert!(silenced());
    hears(&home, one, 4, false, 2);
    assert!(!silenced());
}

/// What an account that is gone had claimed, and everything in a restored database, is left to a
/// person.
pub fn answers_are_given_up(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let epoch = home.epoch();
    let (claimed, planned) = (write(&home, one, "Yes"), write(&home, one, "And no"));
    claim(&home, epoch, claimed).expect("it is planned");
    assert_eq!(home.write(move |unit| unit.abandon_replies(Some(one), NOW)), 1);
    let unknown = |reason| DeliveryState::Done(Outcome::Unknown(reason));
    assert_eq!(record(&home, claimed).state, unknown(Reason::ACCOUNT_GONE));
    assert_eq!(record(&home, planned).state, DeliveryState::Planned);
    assert_eq!(home.write(|unit| unit.abandon_replies(None, NOW)), 1);
    assert_eq!(record(&home, planned).state, unknown(Reason::RESTORED));
}

/// A "no" is confirmed once for each person, whoever heard it and whatever they said in between; and
/// that is the one message which their silence does not hold back.
pub fn a_no_is_confirmed_once(make: &Make) {
    let home = Home::new(make);
    let (first, second) = (home.account("one", 1), home.account("two", 2));
    let confirm = |account, number| {
        let (uuid, body) =
            (Uuid::from_u128(number), Body::text("You will not hear from us again."));
        let new = NewReply { uuid, account, user: WHO, body, is_test: false };
        home.write(move |unit| unit.confirm_opt_out(&new, NOW))
    };
    hears(&home, first, 1, true, 0);
    assert!(confirm(first, 1));
    assert!(!confirm(second, 2));
    let open = due(&home, first);
    assert_eq!(open.len(), 1);
    assert!(open[0].confirms && open[0].silenced);
    assert!(due(&home, second).is_empty());
    write(&home, first, "hello");
    assert!(due(&home, first).iter().any(|reply| !reply.confirms && reply.silenced));
}
