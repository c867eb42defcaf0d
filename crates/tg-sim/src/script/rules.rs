//! Which rule a call meets, and what it does.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::gemini::GeminiFault;
use crate::seeded::Seeded;
use crate::sync::locked;

/// Before or after a call is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Moment {
    Before,
    After,
}

/// What a rule does to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Answers an error; the call is applied only with `After`.
    RpcError { code: i32, text: String, moment: Moment },
    /// Cuts the connection.
    Drop(Moment),
    /// Holds the call for a while; then it is applied.
    Delay(Duration),
    /// Never answers, and keeps the connection.
    Hang(Moment),
    /// Says nothing more on the connection, to this call or any later one, and keeps it open.
    Mute(Moment),
    /// Moves the account to another data centre.
    Move(i32),
    /// Bans the account for good.
    Ban,
    /// Freezes the account; `until` in Unix seconds.
    Freeze { until: i64, appeal_url: String },
    /// Lets so many calls of an account pass in a time.
    Limit(Limit),
    /// Answers as Gemini does on a bad day; only its endpoint can.
    Gemini(GeminiFault),
}

/// A sliding window per account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) window: Duration,
    pub(crate) count: usize,
    /// `FLOOD_WAIT`, or another error's name.
    pub(crate) then: String,
}

/// What a call has to be like.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) method: Option<String>,
    pub(crate) account: Option<usize>,
    pub(crate) to: Option<i64>,
    pub(crate) nth: Option<u64>,
    pub(crate) every: Option<u64>,
    pub(crate) probability: Option<f64>,
}

/// A call, as rules see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) account: usize,
    /// The users whom it is about.
    pub(crate) to: &'a [i64],
    pub(crate) at: Instant,
}

/// A rule and what it has counted.
#[derive(Debug)]
pub(crate) struct Rule {
    filter: Filter,
    action: Action,
    /// How many times it may still act.
    left: Option<u64>,
    matched: u64,
    admitted: HashMap<usize, VecDeque<Instant>>,
}

impl Filter {
    fn fits(&self, asked: &Asked<'_>) -> bool {
        self.method.as_deref().is_none_or(|m| m == asked.method)
            && self.account.is_none_or(|a| a == asked.account)
            && self.to.is_none_or(|to| asked.to.contains(&to))
    }
}

impl Rule {
    pub(crate) fn new(filter: Filter, action: Action, times: Option<u64>) -> Self {
        Self { filter, action, left: times, matched: 0, admitted: HashMap::new() }
    }

    /// Counts a call that fits, and tells whether it is one that the rule acts on.
    fn is_due(&mut self, asked: &Asked<'_>, number: i64, seeded: Seeded) -> bool {
        if !self.filter.fits(asked) {
            return false;
        }
        self.matched += 1;
        let draw = || seeded.fraction("rule", &[number, self.matched.cast_signed()]);
        self.left != Some(0)
            && self.filter.nth.is_none_or(|nth| self.matched == nth)
            && self.filter.every.is_none_or(|n| self.matched.is_multiple_of(n))
            && self.filter.probability.is_none_or(|p| draw() < p)
    }

    /// What becomes of a call that the rule acts on; `None` if a limit has room for it.
    fn act(&mut self, asked: &Asked<'_>) -> Option<Action> {
        let action = match &self.action {
            Action::Limit(limit) => limit.refuse(&mut self.admitted, asked)?,
            action => action.clone(),
        };
        self.left = self.left.map(|left| left - 1);
        Some(action)
    }
}

impl Limit {
    fn refuse(
        &self,
        admitted: &mut HashMap<usize, VecDeque<Instant>>,
        asked: &Asked<'_>,
    ) -> Option<Action> {
        let calls = admitted.entry(asked.account).or_default();
        let age = |at: &Instant| asked.at.saturating_duration_since(*at);
        while calls.front().is_some_and(|at| age(at) >= self.window) {
            calls.pop_front();
        }
        if calls.len() < self.count {
            calls.push_back(asked.at);
            return None;
        }
        let left = calls.front().map_or(self.window, |at| self.window - age(at));
        let seconds = left.as_secs() + u64::from(left.subsec_nanos() > 0);
        // Waits carry their seconds and are 420; other refusals, such as PEER_FLOOD, are 400.
        let (code, text) = if self.then.ends_with("_WAIT") {
            (420, format!("{}_{seconds}", self.then))
        } else {
            (400, self.then.clone())
        };
        Some(Action::RpcError { code, text, moment: Moment::Before })
    }
}

/// The rules in force.
#[derive(Debug)]
pub(crate) struct Script {
    rules: Mutex<Vec<Rule>>,
    /// Spares calls the lock as long as there are no rules.
    any: AtomicBool,
    seeded: Seeded,
}

impl Script {
    pub(crate) fn new(seeded: Seeded) -> Self {
        Self { rules: Mutex::default(), any: AtomicBool::new(false), seeded }
    }

    /// Puts these rules in the place of all others; counting begins anew.
    pub(crate) fn replace(&self, rules: Vec<Rule>) {
        let mut held = locked(&self.rules);
        self.any.store(!rules.is_empty(), Ordering::Release);
        *held = rules;
    }

    /// What is to be done to a call. Every rule counts the calls that fit it; the first that acts decides.
    pub(crate) fn decide(&self, asked: &Asked<'_>) -> Option<Action> {
        if !self.any.load(Ordering::Acquire) {
            return None;
        }
        let mut decided = None;
        for (number, rule) in (0_i64..).zip(&mut *locked(&self.rules)) {
            if rule.is_due(asked, number, self.seeded) && decided.is_none() {
                decided = rule.act(asked);
            }
        }
        decided
    }
}
