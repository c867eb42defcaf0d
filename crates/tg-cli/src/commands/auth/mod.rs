//! `tg auth …`

pub(super) mod login;
pub(super) mod logout;
pub(super) mod require;
pub(super) mod whoami;
