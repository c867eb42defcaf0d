//! `tg secret …`

pub(super) mod list;
pub(super) mod migrate;
pub(super) mod rekey;
pub(super) mod remove;
pub(super) mod rotate;
pub(super) mod set;
