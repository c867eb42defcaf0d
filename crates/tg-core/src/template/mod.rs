//! Message templates: Jinja over a contact's fields, then Markdown or Telegram's
//! HTML to entities, or plain text.
//!
//! A field's value is text, never markup and never code: it travels through the parsers
//! as opaque characters (see `veil`).

mod advice;
mod body;
mod buttons;
mod compile;
mod depth;
mod environment;
mod format;
mod html;
mod letter;
mod link;
mod markdown;
mod veil;

#[cfg(test)]
mod format_tests;
#[cfg(test)]
mod tests;

pub use advice::advice;
pub use compile::{Fault, RenderError, Template};
pub(crate) use depth::too_deep;
pub use format::Format;
pub use letter::{Letter, MAX_LANGUAGES, Text, TextFault};

/// Longest text of one message, in UTF-16 code units
/// (core.telegram.org/method/messages.sendMessage, `MESSAGE_TOO_LONG`).
pub const MAX_TEXT: usize = 4_096;

/// Longest text below files, in UTF-16 code units
/// (core.telegram.org/api/config#caption-length-limit-default, `MEDIA_CAPTION_TOO_LONG`).
pub const MAX_CAPTION: usize = 1_024;

/// The line that separates the messages of a template with several parts.
pub const PART_SEPARATOR: &str = "<!-- next message -->";
