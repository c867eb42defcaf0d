//! What arrived, newest last.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;

use super::webhook::Courier;
use crate::clock;
use crate::sync::locked;

/// Messages that are kept.
const MAX: usize = 1_000;

/// A text message.
#[derive(Clone, Debug)]
pub(crate) struct Sms {
    pub(crate) number: u64,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) text: String,
    /// Unix seconds.
    pub(crate) at: i64,
}

/// How a gateway misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Fault {
    /// Never answers.
    Hang,
    /// Answers with this status.
    Status(u16),
    /// Answers with something that is no JSON.
    Garbage,
    /// Says that the next page is on another server.
    Elsewhere,
}

/// The messages of all gateways, and how they misbehave.
#[derive(Debug, Default)]
pub(crate) struct SmsInbox {
    messages: Mutex<VecDeque<Sms>>,
    next: AtomicU64,
    faults: Mutex<VecDeque<Fault>>,
    /// What the phone posts.
    pub(super) courier: Courier,
}

impl SmsInbox {
    /// A message arrives, as if `seconds_ago`.
    pub(crate) fn receive(&self, from: &str, to: &str, text: &str, seconds_ago: i64) {
        let number = self.next.fetch_add(1, Ordering::SeqCst) + 1;
        let sms = Sms {
            number,
            from: from.to_owned(),
            to: to.to_owned(),
            text: text.to_owned(),
            at: clock::seconds() - seconds_ago,
        };
        self.courier.hand(&sms);
        let mut messages = locked(&self.messages);
        if messages.len() >= MAX {
            messages.pop_front();
        }
        messages.push_back(sms);
    }

    /// Messages, newest first.
    pub(crate) fn newest(&self) -> Vec<Sms> {
        let mut found: Vec<Sms> = locked(&self.messages).iter().cloned().collect();
        found.sort_by_key(|sms| std::cmp::Reverse((sms.at, sms.number)));
        found
    }

    /// The next answers go wrong so, one after the other.
    pub(crate) fn misbehave(&self, faults: Vec<Fault>) {
        *locked(&self.faults) = faults.into();
    }

    /// What goes wrong with the answer that is due.
    pub(crate) fn fault(&self) -> Option<Fault> {
        locked(&self.faults).pop_front()
    }
}
