//! Messages: mailboxes in memory, and the logs on disk that they are made from again after a restart.

mod entity;
mod log;
mod mailbox;
mod media;
mod records;
mod replay;

pub(crate) use entity::Entity;
pub(crate) use log::AppendLog;
pub(crate) use mailbox::{Contact, Letter, Mailbox};
pub(crate) use media::{Button, Kind as MediaKind, Media, buttons};
pub(crate) use records::{Delivered, Event, Said};
pub(crate) use replay::{Past, replay};
