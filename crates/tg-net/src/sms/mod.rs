//! Login codes from text messages to numbers that the operator owns.

mod android;
mod signed;
mod source;
mod twilio;
mod webhook;

pub use android::AndroidGateway;
pub use source::{SmsSource, Text, TextInbox};
pub use twilio::TwilioInbox;
pub use webhook::{WebhookInbox, WebhookListener};
