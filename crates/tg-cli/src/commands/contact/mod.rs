//! `tg contact …`

pub(super) mod show;
