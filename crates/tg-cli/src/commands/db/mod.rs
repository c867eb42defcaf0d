//! `tg db …`

pub(super) mod check;
