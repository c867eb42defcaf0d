//! What an account has written in a chat, back to a moment: the witness of last resort.
//!
//! Absence counts as proof only if the reading was complete, so nothing here is generous: a page
//! that cannot be read, or one page too many, leaves the reading incomplete.

use super::connection::Connection;
use super::errors::Call;
use super::{entities, media, send};
use grammers_client::tl::{enums, functions, types};
use std::time::Duration;
use tg_core::delivery::Body;
use tg_core::failure::Failure;
use tg_core::ids::MessageId;
use tg_core::peer::Peer;
use tg_core::ports::{HistoryMessage, HistoryPage};
use tg_core::time::Timestamp;

/// Messages per page: the most that Telegram gives (core.telegram.org/method/messages.getHistory).
const PAGE: i32 = 100;

/// Pages per reading. Whoever exchanges a thousand messages with one recipient within the time that
/// is asked about is not settled by a machine.
const MAX_PAGES: usize = 10;

/// Dates of messages are whole seconds, cut off, and the offset of the clocks is known to about a
/// second: read this much further back.
const MARGIN: Duration = Duration::from_secs(2);

/// Reads outgoing messages back to `since`, which is on our clock.
pub(crate) async fn read(
    connection: &Connection,
    peer: Peer,
    since: Timestamp,
) -> Result<HistoryPage, Failure> {
    let mut reading = Reading::new(since, clock_offset(connection).await?);
    for _ in 0..MAX_PAGES {
        let request = functions::messages::GetHistory {
            peer: send::input_peer(peer),
            offset_id: reading.oldest_id,
            offset_date: 0,
            add_offset: 0,
            limit: PAGE,
            max_id: 0,
            min_id: 0,
            hash: 0,
        };
        let page = connection.call(Call::History, &request).await?;
        if reading.take(messages(page)) == Next::Stop {
            break;
        }
    }
    Ok(reading.page)
}

/// How far Telegram's clock is ahead of ours, in milliseconds. Without it, a clock that runs ahead
/// would hide the very message that is looked for, and it would be sent again.
async fn clock_offset(connection: &Connection) -> Result<i64, Failure> {
    let enums::Config::Config(config) =
        connection.call(Call::History, &functions::help::GetConfig {}).await?;
    let theirs = Timestamp::from_secs(i64::from(config.date));
    Ok(theirs.0.saturating_sub(connection.clock().now().0))
}

fn messages(page: enums::messages::Messages) -> Option<Vec<enums::Message>> {
    match page {
        enums::messages::Messages::Messages(page) => Some(page.messages),
        enums::messages::Messages::Slice(page) => Some(page.messages),
        enums::messages::Messages::ChannelMessages(page) => Some(page.messages),
        enums::messages::Messages::NotModified(_) => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Page,
    Stop,
}

struct Reading {
    /// On Telegram's clock.
    since: Timestamp,
    offset: i64,
    /// The next page begins below it; 0 begins at the newest.
    oldest_id: i32,
    page: HistoryPage,
}

impl Reading {
    fn new(since: Timestamp, offset: i64) -> Self {
        Self {
            since: Timestamp(since.0.saturating_add(offset)) - MARGIN,
            offset,
            oldest_id: 0,
            page: HistoryPage { outgoing: Vec::new(), complete: false },
        }
    }

    /// Takes a page, newest first, and says whether there is more to read.
    fn take(&mut self, messages: Option<Vec<enums::Message>>) -> Next {
        let Some(messages) = messages else { return Next::Stop };
        if messages.is_empty() {
            // Only an empty page is the chat's beginning: Telegram may shorten any other.
            self.page.complete = true;
            return Next::Stop;
        }
        let before = self.oldest_id;
        for message in messages {
            let id = message.id();
            if self.oldest_id == 0 || id < self.oldest_id {
                self.oldest_id = id;
            }
            match date(&message) {
                Some(date) if date < self.since => self.page.complete = true,
                Some(date) => self.keep(message, date),
                None => {}
            }
        }
        // A page that does not lead further back would be read for ever.
        if self.page.complete || self.oldest_id <= 1 || self.oldest_id == before {
            self.page.complete |= self.oldest_id == 1;
            return Next::Stop;
        }
        Next::Page
    }

    fn keep(&mut self, message: enums::Message, date: Timestamp) {
        let enums::Message::Message(message) = message else { return };
        // What was forwarded was not written here, whatever it says.
        if message.out && message.fwd_from.is_none() {
            self.page.outgoing.push(HistoryMessage {
                message_id: MessageId(message.id),
                at: Timestamp(date.0.saturating_sub(self.offset)),
                media: media::kind(message.media.as_ref()),
                body: body(message),
            });
        }
    }
}

fn date(message: &enums::Message) -> Option<Timestamp> {
    let secs = match message {
        enums::Message::Message(message) => message.date,
        enums::Message::Service(message) => message.date,
        enums::Message::Empty(_) => return None,
    };
    Some(Timestamp::from_secs(i64::from(secs)))
}

fn body(message: types::Message) -> Body {
    let entities = entities::from_tl(message.entities.as_deref().unwrap_or_default());
    Body { text: message.message, entities, ..Body::default() }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;
    use tg_core::ids::UserId;

    const TO: UserId = UserId(500);

    fn message(id: i32, out: bool, date: i32) -> enums::Message {
        samples::message(id, TO, out, date, "hi")
    }

    fn ids(reading: &Reading) -> Vec<i32> {
        reading.page.outgoing.iter().map(|message| message.message_id.0).collect()
    }

    #[test]
    fn a_message_older_than_asked_for_makes_it_complete() {
        let mut reading = Reading::new(Timestamp(100_900), 0);
        assert_eq!(
            reading.take(Some(vec![message(9, true, 120), message(8, false, 110)])),
            Next::Page
        );
        assert!(!reading.page.complete);
        assert_eq!(reading.oldest_id, 8);
        // 100 is 100.0 to 100.9 s: it may be the one that was sent at 100.9.
        let page = vec![message(7, true, 100), message(6, true, 90), message(5, true, 80)];
        assert_eq!(reading.take(Some(page)), Next::Stop);
        assert!(reading.page.complete);
        assert_eq!(ids(&reading), [9, 7]);
    }

    #[test]
    fn only_an_empty_page_is_the_beginning() {
        let mut reading = Reading::new(Timestamp(0), 0);
        assert_eq!(reading.take(Some(vec![message(9, true, 120)])), Next::Page);
        assert!(!reading.page.complete);
        assert_eq!(reading.take(Some(vec![])), Next::Stop);
        assert!(reading.page.complete);
        assert_eq!(ids(&reading), [9]);
    }

    #[test]
    fn what_cannot_be_read_stays_incomplete() {
        let mut reading = Reading::new(Timestamp(0), 0);
        assert_eq!(reading.take(None), Next::Stop);
        assert!(!reading.page.complete);

        let mut reading = Reading::new(Timestamp(0), 0);
        assert_eq!(reading.take(Some(vec![message(9, true, 120)])), Next::Page);
        assert_eq!(reading.take(Some(vec![message(9, true, 120)])), Next::Stop, "no way back");
        assert!(!reading.page.complete);
    }

    #[test]
    fn clocks_that_differ_are_reckoned_with() {
        // Ours is an hour ahead: a message of our 10:00 carries their 9:00.
        let (ours, offset) = (Timestamp::from_secs(36_000), -3_600_000);
        let mut reading = Reading::new(ours, offset);
        assert_eq!(
            reading.take(Some(vec![message(9, true, 32_400), message(8, true, 32_000)])),
            Next::Stop
        );
        assert_eq!(ids(&reading), [9]);
        assert_eq!(reading.page.outgoing[0].at, ours);
    }

    #[test]
    fn forwarded_and_foreign_messages_are_not_ours() {
        let mut forwarded = samples::plain(9, TO, true, 120, "hi");
        forwarded.fwd_from = Some(samples::forward_header());
        let mut reading = Reading::new(Timestamp(0), 0);
        let _ = reading.take(Some(vec![forwarded.into(), message(8, false, 119)]));
        assert!(reading.page.outgoing.is_empty());
    }
}
