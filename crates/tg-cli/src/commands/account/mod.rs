//! `tg account …`

pub(super) mod export;
pub(super) mod import;
pub(super) mod list;
pub(super) mod pause;
pub(super) mod resume;
pub(super) mod show;
