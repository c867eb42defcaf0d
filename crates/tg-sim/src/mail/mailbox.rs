//! One account's messages, and what it has promised about random ids.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::entity::Entity;
use super::media::Media;

/// Peer and random id: within an account, the name of a send.
pub(crate) type SendKey = (i64, i64);

/// A message in a mailbox. Every one takes one step of the account's `pts`: message n is step n + 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) id: i32,
    pub(crate) date: i32,
    /// The other side, whichever way it went.
    pub(crate) peer: i64,
    pub(crate) out: bool,
    /// Zero for what came in.
    pub(crate) random_id: i64,
    pub(crate) text: Box<str>,
    pub(crate) entities: Box<[Entity]>,
    pub(crate) media: Option<Box<Media>>,
    /// The message of this mailbox that it answers.
    pub(crate) reply_to: Option<i32>,
}

/// The name under which an account keeps a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Contact {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
}

/// Messages of one account, in the order of their ids, and its contacts.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    letters: Vec<Letter>,
    by_peer: HashMap<i64, Vec<i32>>,
    sent: HashMap<SendKey, i32>,
    in_flight: HashSet<SendKey>,
    contacts: BTreeMap<i64, Contact>,
    /// Steps before this one are not told any more.
    forgotten: i32,
}

impl Mailbox {
    /// The id that the next message gets.
    pub(crate) fn next_id(&self) -> i32 {
        self.letters.last().map_or(0, |letter| letter.id) + 1
    }

    /// The account's update counter (core.telegram.org/api/updates). It begins at 1.
    pub(crate) fn pts(&self) -> i32 {
        self.next_id()
    }

    /// Adds a message whose id is greater than all others.
    pub(crate) fn add(&mut self, letter: Letter) {
        if letter.out && letter.random_id != 0 {
            self.sent.insert((letter.peer, letter.random_id), letter.id);
        }
        self.by_peer.entry(letter.peer).or_default().push(letter.id);
        self.letters.push(letter);
    }

    pub(crate) fn letter(&self, id: i32) -> Option<&Letter> {
        let at = self.letters.binary_search_by_key(&id, |letter| letter.id);
        self.letters.get(at.ok()?)
    }

    /// The message of the first send under this name.
    pub(crate) fn sent(&self, key: SendKey) -> Option<&Letter> {
        self.letter(*self.sent.get(&key)?)
    }

    /// Marks a send as under way; a second one meanwhile is refused.
    pub(crate) fn begin(&mut self, key: SendKey) {
        self.in_flight.insert(key);
    }

    pub(crate) fn end(&mut self, key: SendKey) {
        self.in_flight.remove(&key);
    }

    pub(crate) fn is_in_flight(&self, key: SendKey) -> bool {
        self.in_flight.contains(&key)
    }

    /// As if the time for which random ids are kept had passed.
    pub(crate) fn forget_random_ids(&mut self) {
        self.sent.clear();
    }

    /// Messages after a `pts`, in order.
    pub(crate) fn since(&self, pts: i32) -> &[Letter] {
        let first = self.letters.partition_point(|letter| letter.id < pts);
        &self.letters[first..]
    }

    /// As if the time for which missed updates are kept had passed.
    pub(crate) fn forget_updates_before(&mut self, pts: i32) {
        self.forgotten = pts;
    }

    /// Whether what came after a `pts` is still told.
    pub(crate) fn remembers(&self, pts: i32) -> bool {
        pts >= self.forgotten
    }

    /// Ids of the messages with a peer, in order.
    pub(crate) fn with(&self, peer: i64) -> &[i32] {
        self.by_peer.get(&peer).map_or(&[], Vec::as_slice)
    }

    /// Everybody with whom there are messages, the latest first.
    pub(crate) fn dialogs(&self) -> Vec<(i64, i32)> {
        let latest = |(peer, ids): (&i64, &Vec<i32>)| Some((*peer, *ids.last()?));
        let mut dialogs: Vec<_> = self.by_peer.iter().filter_map(latest).collect();
        dialogs.sort_unstable_by_key(|&(_, id)| std::cmp::Reverse(id));
        dialogs
    }

    pub(crate) fn contacts(&self) -> &BTreeMap<i64, Contact> {
        &self.contacts
    }

    pub(crate) fn contact(&self, user_id: i64) -> Option<&Contact> {
        self.contacts.get(&user_id)
    }

    /// Keeps a contact; false if it was kept under this name already.
    pub(crate) fn keep_contact(&mut self, user_id: i64, contact: Contact) -> bool {
        let before = self.contacts.insert(user_id, contact);
        before.as_ref() != self.contacts.get(&user_id)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn letter(id: i32, peer: i64, random_id: i64) -> Letter {
        Letter {
            id,
            date: 0,
            peer,
            out: random_id != 0,
            random_id,
            text: "hello".into(),
            entities: Box::default(),
            media: None,
            reply_to: None,
        }
    }

    #[test]
    fn a_random_id_belongs_to_a_peer() {
        let mut mailbox = Mailbox::default();
        mailbox.add(letter(1, 10, 5));
        assert_eq!(mailbox.sent((10, 5)).unwrap().id, 1);
        assert!(mailbox.sent((11, 5)).is_none());
        mailbox.forget_random_ids();
        assert!(mailbox.sent((10, 5)).is_none());
    }

    #[test]
    fn what_came_since_follows_pts_even_over_gaps() {
        let mut mailbox = Mailbox::default();
        let fresh = mailbox.pts();
        for id in [1, 2, 5] {
            mailbox.add(letter(id, 10, 0));
        }
        let ids = |pts| mailbox.since(pts).iter().map(|l| l.id).collect::<Vec<_>>();
        assert_eq!(ids(fresh), [1, 2, 5]);
        assert_eq!(ids(3), [5]);
        assert!(ids(mailbox.pts()).is_empty());
        assert_eq!(mailbox.next_id(), 6);
    }

    #[test]
    fn dialogs_are_in_the_order_of_their_last_message() {
        let mut mailbox = Mailbox::default();
        mailbox.add(letter(1, 10, 0));
        mailbox.add(letter(2, 11, 0));
        mailbox.add(letter(3, 10, 0));
        assert_eq!(mailbox.dialogs(), [(10, 3), (11, 2)]);
        assert_eq!(mailbox.with(10), [1, 3]);
    }
}
