//! `tg alert …`

pub(super) mod list;
pub(super) mod test;
