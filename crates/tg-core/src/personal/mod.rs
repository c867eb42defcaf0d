//! Personal texts: what a language model wrote for one recipient, before the message is due. What is
//! asked ([`Prompt`]), what of the answers is sent ([`Rules`]), what it costs ([`Prices`]), and
//! where each text stands ([`Draft`]).

mod ask;
mod cost;
mod draft;
mod hold;
mod lang;
mod links;
mod plan;
mod prompt;
mod rules;
#[cfg(test)]
mod tests;

pub use ask::{Ask, tag};
pub use cost::{METER, Prices, Usage};
pub use draft::{Draft, Fallback, Tally, Words};
pub use hold::{UNAPPROVED, UNWRITTEN};
pub use plan::{Limits, Personal};
pub use prompt::{MAX_FIELDS, Prompt, PromptError};
pub use rules::{Flaw, MAX_LENGTH, Rules};
