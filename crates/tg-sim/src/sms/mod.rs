//! SMS gateways: text messages to the world's numbers, readable as at Twilio and as from a phone
//! with android-sms-gateway.

mod inbox;
mod serve;
mod webhook;

pub(crate) use inbox::SmsInbox;
pub(crate) use serve::serve;
