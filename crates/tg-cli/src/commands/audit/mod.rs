//! `tg audit …`

pub(super) mod accept;
pub(super) mod export;
pub(super) mod list;
pub(super) mod verify;
