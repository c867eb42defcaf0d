//! `tg db …`

pub(super) mod backup;
pub(super) mod check;
pub(super) mod restore;
