//! `tg account …`

pub(super) mod add;
pub(super) mod check;
pub(super) mod export;
pub(super) mod import;
pub(super) mod list;
pub(super) mod login;
pub(super) mod pause;
pub(super) mod remove;
pub(super) mod report;
pub(super) mod resume;
pub(super) mod show;
pub(super) mod tag;
