//! `tg template …`

pub(super) mod add;
pub(super) mod lint;
pub(super) mod list;
pub(super) mod preview;
pub(super) mod show;
