//! `tg config …`

pub(super) mod show;
pub(super) mod validate;
