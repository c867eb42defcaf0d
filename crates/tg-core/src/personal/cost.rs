//! What texts cost, in tokens and money.

use crate::money::{Currency, Money};
use crate::personal::Ask;

/// What the budgets of texts are counted under.
pub const METER: &str = "gemini";

/// Tokens in a million, by which models are priced.
const PRICED: i64 = 1_000_000;

/// Tokens that one question was billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Of what was asked.
    pub input: i64,
    /// Of what was answered, thoughts included.
    pub output: i64,
}

impl Usage {
    /// Both.
    #[must_use]
    pub const fn total(self) -> i64 {
        self.input.saturating_add(self.output)
    }

    /// The most that a question can cost: what it says, generously counted, and the longest answer.
    /// A token is about four characters of English, and never less than a quarter of one byte of
    /// any script (ai.google.dev/gemini-api/docs/tokens).
    #[must_use]
    pub fn most(ask: &Ask, longest_answer: u32) -> Self {
        let input = i64::try_from(ask.length().div_ceil(2)).unwrap_or(i64::MAX).saturating_add(64);
        Self { input, output: i64::from(longest_answer) }
    }
}

/// What a million tokens cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Millionths of the currency's unit for a million tokens asked.
    pub input: i64,
    /// The same for a million tokens answered.
    pub output: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl Prices {
    /// Millionths of the currency's unit, rounded up.
    #[must_use]
    pub fn of(&self, usage: Usage) -> i64 {
        let part = |tokens: i64, price: i64| {
            let exact = i128::from(tokens.max(0)) * i128::from(price.max(0));
            i64::try_from((exact + i128::from(PRICED) - 1) / i128::from(PRICED)).unwrap_or(i64::MAX)
        };
        part(usage.input, self.input).saturating_add(part(usage.output, self.output))
    }

    /// The same as an amount.
    #[must_use]
    pub fn money(&self, usage: Usage) -> Money {
        Money { micros: self.of(usage), currency: self.currency }
    }
}
