//! Ways to tell a person: a webhook of theirs, and a bot of their own.

mod bot;
mod several;
mod webhook;

pub use bot::BotAlerter;
pub use several::Several;
pub use webhook::WebhookAlerter;
