//! `tg contact …`

pub(super) mod show;
pub(super) mod tag;
