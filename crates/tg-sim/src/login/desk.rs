//! The desk at which people sign in: what was sent to whom, and what it is good for.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::srp::Challenge;
use super::token::{TOKEN_LIFE, TokenState};
use super::way::Way;
use crate::clock;
use crate::seeded::Seeded;
use crate::sync::locked;

/// How long a code is good for, seconds.
const CODE_LIFE: i64 = 300;
/// How many wrong codes end a code.
const MOST_WRONG: u32 = 5;
/// So many codes per number in [`FLOOD_WINDOW`].
const MOST_CODES: usize = 10;
const FLOOD_WINDOW: Duration = Duration::from_secs(3_600);
/// How many sent codes are remembered for those who ask the control interface.
const MOST_SENT: usize = 10_000;

/// A code that was sent, as its receiver has it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sent {
    pub(crate) at: String,
    pub(crate) phone: String,
    pub(crate) way: Way,
    pub(crate) code: String,
    pub(crate) text: String,
}

/// Why a code is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeFault {
    Expired,
    Wrong,
}

#[derive(Clone, Debug)]
struct Pending {
    hash: String,
    code: String,
    way: Way,
    until: i64,
    wrong: u32,
}

#[derive(Debug, Default)]
struct State {
    /// By the keys that asked, and the number's digits.
    pending: BTreeMap<(usize, String), Pending>,
    /// How the next codes of a number are delivered.
    ways: BTreeMap<String, Way>,
    asked: BTreeMap<String, VecDeque<Instant>>,
    sent: VecDeque<Sent>,
    /// Whose password these keys have to know before they are signed in.
    halfway: BTreeMap<usize, usize>,
    challenges: BTreeMap<usize, Challenge>,
    /// By the token: the keys that show it.
    tokens: BTreeMap<Vec<u8>, (usize, TokenState)>,
    draws: i64,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Desk {
    seeded: Seeded,
    state: Mutex<State>,
}

impl Desk {
    pub(crate) fn new(seeded: Seeded) -> Self {
        Self { seeded, state: Mutex::default() }
    }

    /// How a number's codes are delivered from now on.
    pub(crate) fn set_way(&self, digits: &str, way: Way) {
        locked(&self.state).ways.insert(digits.to_owned(), way);
    }

    pub(crate) fn way(&self, digits: &str) -> Option<Way> {
        locked(&self.state).ways.get(digits).copied()
    }

    /// Every code of a number is too old from now on.
    pub(crate) fn expire(&self, digits: &str) {
        let mut state = locked(&self.state);
        for (_, pending) in state.pending.iter_mut().filter(|((_, of), _)| of == digits) {
            pending.until = 0;
        }
    }

    /// Sends a code; `None` if there were too many for this number.
    pub(crate) fn send(&self, keys: usize, digits: &str, way: Way) -> Option<(String, Sent)> {
        let mut state = locked(&self.state);
        let now = Instant::now();
        let asked = state.asked.entry(digits.to_owned()).or_default();
        while asked.front().is_some_and(|at| now.duration_since(*at) > FLOOD_WINDOW) {
            asked.pop_front();
        }
        if asked.len() >= MOST_CODES {
            return None;
        }
        asked.push_back(now);
        state.draws += 1;
        let draw = [clock::seconds(), state.draws];
        let code = way.code(self.seeded, &draw);
        let hash = hex::encode(&self.seeded.block("code hash", &draw)[..9]);
        let until = clock::seconds() + CODE_LIFE;
        let pending = Pending { hash: hash.clone(), code: code.clone(), way, until, wrong: 0 };
        state.pending.insert((keys, digits.to_owned()), pending);
        let text = way.text(&code);
        let sent = Sent { at: clock::stamp(), phone: format!("+{digits}"), way, code, text };
        state.sent.push_back(sent.clone());
        if state.sent.len() > MOST_SENT {
            state.sent.pop_front();
        }
        Some((hash, sent))
    }

    /// How the code with this hash was sent, if it still counts.
    pub(crate) fn sent_by(&self, keys: usize, digits: &str, hash: &str) -> Option<Way> {
        let state = locked(&self.state);
        let pending = state.pending.get(&(keys, digits.to_owned()))?;
        (pending.hash == hash).then_some(pending.way)
    }

    /// Takes a code back; whether there was one.
    pub(crate) fn cancel(&self, keys: usize, digits: &str, hash: &str) -> bool {
        let known = self.sent_by(keys, digits, hash).is_some();
        if known {
            locked(&self.state).pending.remove(&(keys, digits.to_owned()));
        }
        known
    }

    /// Whether this is the code. The right one is used up by it.
    pub(crate) fn judge(
        &self,
        keys: usize,
        digits: &str,
        hash: &str,
        code: &str,
    ) -> Result<(), CodeFault> {
        let mut state = locked(&self.state);
        let key = (keys, digits.to_owned());
        let pending = state.pending.get_mut(&key).ok_or(CodeFault::Expired)?;
        if pending.hash != hash || pending.until < clock::seconds() || pending.wrong >= MOST_WRONG {
            return Err(CodeFault::Expired);
        }
        if pending.code != code {
            pending.wrong += 1;
            return Err(CodeFault::Wrong);
        }
        state.pending.remove(&key);
        Ok(())
    }

    /// Codes that were sent, oldest first.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        locked(&self.state).sent.iter().cloned().collect()
    }

    /// The password of `account` is asked for next.
    pub(crate) fn needs_password(&self, keys: usize, account: usize) {
        locked(&self.state).halfway.insert(keys, account);
    }

    pub(crate) fn halfway(&self, keys: usize) -> Option<usize> {
        locked(&self.state).halfway.get(&keys).copied()
    }

    pub(crate) fn challenge(&self, keys: usize, challenge: Challenge) {
        locked(&self.state).challenges.insert(keys, challenge);
    }

    /// A challenge is good for one answer.
    pub(crate) fn take_challenge(&self, keys: usize) -> Option<Challenge> {
        locked(&self.state).challenges.remove(&keys)
    }

    pub(crate) fn passed(&self, keys: usize) {
        locked(&self.state).halfway.remove(&keys);
    }

    /// A number that nobody else draws.
    pub(crate) fn draw(&self) -> [i64; 2] {
        let mut state = locked(&self.state);
        state.draws += 1;
        [clock::seconds(), state.draws]
    }

    /// The token that these keys show, and until when; a new one when the old one is over.
    pub(crate) fn show_token(&self, keys: usize) -> (Vec<u8>, i64) {
        let draw = self.draw();
        let mut state = locked(&self.state);
        state.tokens.retain(|_, (shown_by, _)| *shown_by != keys);
        let token = self.seeded.block("login token", &draw).to_vec();
        let until = clock::seconds() + TOKEN_LIFE;
        state.tokens.insert(token.clone(), (keys, TokenState::Shown { until }));
        (token, until)
    }

    /// An account accepts a token; gives the keys that show it.
    pub(crate) fn accept_token(&self, token: &[u8], account: usize) -> Option<usize> {
        let mut state = locked(&self.state);
        let now = clock::seconds();
        let (keys, shown) = state.tokens.get_mut(token)?;
        match shown {
            TokenState::Shown { until } if *until >= now => {
                *shown = TokenState::Accepted { account, until: now + TOKEN_LIFE };
                Some(*keys)
            }
            _ => None,
        }
    }

    /// Who has accepted the token that these keys show, with the token.
    pub(crate) fn accepted(&self, keys: usize) -> Option<(Vec<u8>, usize)> {
        let state = locked(&self.state);
        let now = clock::seconds();
        state.tokens.iter().find_map(|(token, (shown_by, shown))| match shown {
            TokenState::Accepted { account, until } if *shown_by == keys && *until >= now => {
                Some((token.clone(), *account))
            }
            _ => None,
        })
    }

    pub(crate) fn end_token(&self, token: &[u8]) {
        locked(&self.state).tokens.remove(token);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_code_is_good_once_for_the_keys_that_asked() {
        let desk = Desk::new(Seeded::new(1));
        let (hash, sent) = desk.send(3, "9996620001", Way::Sms).unwrap();
        assert_eq!(desk.judge(4, "9996620001", &hash, &sent.code), Err(CodeFault::Expired));
        assert_eq!(desk.judge(3, "9996620001", &hash, "x"), Err(CodeFault::Wrong));
        assert_eq!(desk.judge(3, "9996620001", "other", &sent.code), Err(CodeFault::Expired));
        assert_eq!(desk.judge(3, "9996620001", &hash, &sent.code), Ok(()));
        assert_eq!(desk.judge(3, "9996620001", &hash, &sent.code), Err(CodeFault::Expired));
        assert_eq!(desk.sent().len(), 1);
    }

    #[test]
    fn too_many_wrong_codes_and_too_many_codes_end() {
        let desk = Desk::new(Seeded::new(1));
        let (hash, sent) = desk.send(3, "1", Way::Sms).unwrap();
        for _ in 0..MOST_WRONG {
            assert_eq!(desk.judge(3, "1", &hash, "x"), Err(CodeFault::Wrong));
        }
        assert_eq!(desk.judge(3, "1", &hash, &sent.code), Err(CodeFault::Expired));
        for _ in 1..MOST_CODES {
            assert!(desk.send(3, "1", Way::Sms).is_some());
        }
        assert!(desk.send(3, "1", Way::Sms).is_none());
    }
}
