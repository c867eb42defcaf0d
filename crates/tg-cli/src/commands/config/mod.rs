//! `tg config …`

pub(super) mod show;
