//! `tg proxy …`

pub(super) mod add;
pub(super) mod assign;
pub(super) mod check;
pub(super) mod list;
pub(super) mod remove;
pub(super) mod replace;
