//! `tg campaign …`

pub(super) mod cancel;
pub(super) mod create;
pub(super) mod deliveries;
pub(super) mod list;
pub(super) mod pause;
pub(super) mod plan;
pub(super) mod report;
pub(super) mod resume;
pub(super) mod start;
pub(super) mod status;
