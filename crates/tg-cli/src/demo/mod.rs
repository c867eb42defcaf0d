//! The parts of `tg demo`: a stage to play on, and a judge who believes only the simulator's journal.

mod check;
mod folder;
mod journal;
mod stage;
mod story;

pub(crate) use check::{Seen, check};
pub(crate) use folder::Folder;
pub(crate) use journal::Journal;
pub(crate) use stage::Stage;
pub(crate) use story::Story;
