//! Hearing: what was missed, what comes, and links that are dead without saying so.

use crate::bench::{BOT, Bench, FIRST, LONG, SECOND, part};
use std::sync::Arc;
use tg_core::inbox::{Gap, News};
use tg_core::peer::{Address, Peer, PhoneNumber};
use tg_core::ports::{Messenger, UpdatePoint};
use tg_core::testing::ManualClock;

/// The second account, and how it addresses the first.
async fn writer(bench: &Bench) -> (Arc<dyn Messenger>, Peer) {
    let second = bench.try_connect(SECOND).await.unwrap();
    let phone = PhoneNumber::from_e164(bench.phones[0].as_deref().unwrap()).unwrap();
    let to = second.resolve(&Address::Phone(phone)).await.unwrap().peer;
    (second, to)
}

async fn say(writer: &(Arc<dyn Messenger>, Peer), number: i64) {
    writer.0.send(&part(writer.1, number, &format!("word {number}"))).await.unwrap();
}

fn texts(news: &News) -> Vec<&str> {
    news.messages.iter().map(|message| message.text.as_str()).collect()
}

/// Hears until nothing is missing: everything, and how often it was asked.
async fn catch_up(messenger: &dyn Messenger, after: UpdatePoint) -> (Vec<News>, UpdatePoint) {
    let mut all = Vec::new();
    let mut point = after;
    loop {
        let news = messenger.hear(Some(point)).await.unwrap();
        point = news.point;
        let caught_up = news.caught_up;
        all.push(news);
        if caught_up {
            return (all, point);
        }
    }
}

#[tokio::test]
async fn what_is_said_is_heard_as_it_comes() {
    let bench = Bench::start().await;
    let writer = writer(&bench).await;
    let first = bench.connect().await;
    let begun = first.hear(None).await.unwrap();
    assert!(begun.caught_up && begun.is_quiet());
    say(&writer, 1).await;
    let news = first.hear(Some(begun.point)).await.unwrap();
    assert_eq!(texts(&news), ["word 1"]);
    let second = bench.sessions.get(SECOND).user_id;
    assert_eq!((news.messages[0].user, news.messages[0].outgoing), (second, false));
    let known = news.users.iter().find(|user| user.user == second).unwrap();
    assert!(known.hash.is_some(), "they can be answered");
    assert_eq!(bench.calls("updates.getDifference"), 1, "it was pushed, not asked for");
}

#[tokio::test]
async fn own_messages_are_no_gap_and_nothing_is_told_twice() {
    let bench = Bench::start().await;
    let writer = writer(&bench).await;
    let first = bench.connect().await;
    let begun = first.hear(None).await.unwrap();
    let to = bench.peer(first.as_ref()).await;
    for number in 1..=20 {
        first.send(&part(to, number, "from here")).await.unwrap();
    }
    say(&writer, 1).await;
    let news = first.hear(Some(begun.point)).await.unwrap();
    assert_eq!(texts(&news), ["word 1"]);
    assert_eq!(bench.calls("updates.getDifference"), 1);
    // Whoever did not store it hears it again.
    let again = first.hear(Some(begun.point)).await.unwrap();
    assert!(texts(&again).contains(&"word 1"));
}

#[tokio::test]
async fn a_long_absence_is_heard_in_slices() {
    let bench = Bench::start().await;
    let writer = writer(&bench).await;
    let first = bench.connect().await;
    let begun = first.hear(None).await.unwrap();
    first.close().await;
    for number in 1..=250 {
        say(&writer, number).await;
    }
    let first = bench.connect().await;
    let (slices, point) = catch_up(first.as_ref(), begun.point).await;
    assert!(slices.len() > 1, "one answer does not hold them");
    let all: Vec<String> = slices.iter().flat_map(texts).map(str::to_owned).collect();
    let said: Vec<String> = (1..=250).map(|number| format!("word {number}")).collect();
    assert_eq!(all, said);
    say(&writer, 251).await;
    assert_eq!(texts(&first.hear(Some(point)).await.unwrap()), ["word 251"]);
}

#[tokio::test]
async fn what_telegram_no_longer_keeps_is_read_in_the_chats() {
    let bench = Bench::start().await;
    let writer = writer(&bench).await;
    let first = bench.connect().await;
    let begun = first.hear(None).await.unwrap();
    first.close().await;
    for number in 1..=120 {
        say(&writer, number).await;
    }
    bench.sim.forget_updates().unwrap();
    let first = bench.connect().await;
    let (told, _) = catch_up(first.as_ref(), begun.point).await;
    assert_eq!(told[0].gap, Some(Gap { filled: true }));
    assert_eq!(told[0].messages.len(), 120);
    assert!(told[0].messages.windows(2).all(|pair| pair[0].message_id < pair[1].message_id));
    // A bot cannot read chats: it says so.
    let bot = bench.try_connect(BOT).await.unwrap();
    let point = bot.hear(None).await.unwrap().point;
    let old = UpdatePoint { pts: point.pts - 1, ..point };
    assert_eq!(bot.hear(Some(old)).await.unwrap().gap, Some(Gap { filled: false }));
}

#[tokio::test]
async fn a_link_that_is_dead_without_saying_so_is_noticed() {
    let bench = Bench::start().await;
    let writer = writer(&bench).await;
    let clock = ManualClock::default();
    let first = bench.connect_on(&clock).await;
    let begun = first.hear(None).await.unwrap();
    bench.rules(r#"[{"on":{"method":"updates.getState"},"do":{"hang":true}}]"#);
    let listener = Arc::clone(&first);
    let heard = tokio::spawn(async move { listener.hear(Some(begun.point)).await });
    while !heard.is_finished() {
        tokio::task::yield_now().await;
        clock.advance(LONG / 10);
    }
    let failure = heard.await.unwrap().unwrap_err();
    assert_eq!(failure.reason, "timeout");
    bench.rules("[]");
    say(&writer, 1).await;
    let (told, _) = catch_up(first.as_ref(), begun.point).await;
    assert_eq!(texts(&told[0]), ["word 1"], "the next call makes another link");
    first.close().await;
    assert_eq!(first.hear(Some(begun.point)).await.unwrap_err().reason, "closed");
    assert!(bench.sessions.get(FIRST).updates.is_some());
}
