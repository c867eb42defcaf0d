//! Login codes from text messages to numbers that the operator owns.

mod android;
mod source;
mod twilio;

pub use android::AndroidGateway;
pub use source::{SmsSource, Text, TextInbox};
pub use twilio::TwilioInbox;
