//! MTProto sessions: numbering of what goes out, and what has come in already.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex};

use crate::clock;
use crate::sync::locked;

/// How many sessions an account keeps; the one that was used longest ago goes first.
const MOST_SESSIONS: usize = 64;
/// How many message ids a session remembers, to ignore what comes twice.
const MOST_SEEN: usize = 2048;

/// One session of one key (core.telegram.org/mtproto/description#session).
#[derive(Debug)]
pub(crate) struct Session {
    id: i64,
    numbers: Mutex<Numbers>,
}

#[derive(Debug, Default)]
struct Numbers {
    content_related: i32,
    last_msg_id: i64,
    seen: HashSet<i64>,
    seen_order: VecDeque<i64>,
}

impl Session {
    pub(crate) fn new(id: i64) -> Self {
        Self { id, numbers: Mutex::default() }
    }

    pub(crate) fn id(&self) -> i64 {
        self.id
    }

    /// Remembers a client's message; false if it had come before.
    pub(crate) fn first_time(&self, msg_id: i64) -> bool {
        let mut numbers = locked(&self.numbers);
        if !numbers.seen.insert(msg_id) {
            return false;
        }
        numbers.seen_order.push_back(msg_id);
        if numbers.seen_order.len() > MOST_SEEN
            && let Some(oldest) = numbers.seen_order.pop_front()
        {
            numbers.seen.remove(&oldest);
        }
        true
    }

    /// Whether a client's message has come, as far as is remembered.
    pub(crate) fn knows(&self, msg_id: i64) -> bool {
        locked(&self.numbers).seen.contains(&msg_id)
    }

    /// The id and sequence number of the next message out. Ids grow with the clock; their low two bits are 01 for
    /// answers and 11 for what nobody asked for.
    pub(crate) fn next(&self, content_related: bool, answer: bool) -> (i64, i32) {
        let mut numbers = locked(&self.numbers);
        let now = clock::since_epoch();
        let seconds = i64::try_from(now.as_secs()).unwrap_or(0) << 32;
        // The fraction of a second in units of 2^-32, which is what clients compare.
        let fraction = i64::from(now.subsec_nanos()) * (1 << 32) / 1_000_000_000;
        let kind = if answer { 1 } else { 3 };
        let by_clock = (seconds | fraction) & !3;
        let by_order = (numbers.last_msg_id & !3) + 4;
        let msg_id = by_clock.max(by_order) | kind;
        numbers.last_msg_id = msg_id;
        let seq_no = numbers.content_related * 2 + i32::from(content_related);
        numbers.content_related += i32::from(content_related);
        (msg_id, seq_no)
    }
}

/// The sessions of one key, bounded.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    recent: Mutex<VecDeque<Arc<Session>>>,
}

impl Sessions {
    /// The session with this id, and whether it is new.
    pub(crate) fn open(&self, id: i64) -> (Arc<Session>, bool) {
        let mut recent = locked(&self.recent);
        if let Some(at) = recent.iter().position(|session| session.id == id)
            && let Some(session) = recent.remove(at)
        {
            recent.push_back(Arc::clone(&session));
            return (session, false);
        }
        let session = Arc::new(Session::new(id));
        recent.push_back(Arc::clone(&session));
        if recent.len() > MOST_SESSIONS {
            recent.pop_front();
        }
        (session, true)
    }

    /// Forgets a session; false if there was none.
    pub(crate) fn destroy(&self, id: i64) -> bool {
        let mut recent = locked(&self.recent);
        let before = recent.len();
        recent.retain(|session| session.id != id);
        recent.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_and_tell_answers_from_updates() {
        let session = Session::new(1);
        let (first, seq_first) = session.next(true, true);
        let (second, seq_second) = session.next(false, false);
        let (third, seq_third) = session.next(true, true);
        assert!(first < second && second < third);
        assert_eq!((first % 4, second % 4), (1, 3));
        assert_eq!((seq_first, seq_second, seq_third), (1, 2, 3));
    }

    #[test]
    fn messages_are_new_once_and_memory_is_bounded() {
        let session = Session::new(1);
        assert!(session.first_time(4));
        assert!(!session.first_time(4));
        for n in 0..3000 {
            session.first_time(8 + n * 4);
        }
        assert!(locked(&session.numbers).seen.len() <= MOST_SEEN);
    }

    #[test]
    fn sessions_are_bounded_and_the_recent_ones_stay() {
        let sessions = Sessions::default();
        for id in 0..100 {
            assert!(sessions.open(id).1);
            sessions.open(0);
        }
        assert!(!sessions.open(0).1);
        assert!(sessions.open(1).1);
        assert!(sessions.destroy(1));
        assert!(!sessions.destroy(1));
    }
}
