//! `tg audience …`

pub(super) mod import;
pub(super) mod list;
pub(super) mod show;
pub(super) mod suppress;
