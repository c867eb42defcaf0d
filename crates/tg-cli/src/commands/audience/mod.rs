//! `tg audience …`

pub(super) mod export;
pub(super) mod import;
pub(super) mod list;
pub(super) mod show;
pub(super) mod suppress;
pub(super) mod tag;
