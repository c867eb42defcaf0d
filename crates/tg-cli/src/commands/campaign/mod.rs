//! `tg campaign …`

pub(super) mod cancel;
pub(super) mod create;
pub(super) mod deliveries;
pub(super) mod list;
pub(super) mod pause;
pub(super) mod plan;
pub(super) mod preview;
pub(super) mod report;
pub(super) mod resolve;
pub(super) mod resume;
pub(super) mod retry;
pub(super) mod review;
pub(super) mod start;
pub(super) mod status;
pub(super) mod test;
