//! `tg operator …`

pub(super) mod add;
pub(super) mod disable;
pub(super) mod key_create;
pub(super) mod key_list;
pub(super) mod key_revoke;
pub(super) mod list;
pub(super) mod role;
