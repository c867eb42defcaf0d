//! Campaigns: make, plan, start, stop, look at.

mod control;
mod create;
mod deliveries;
mod list;
mod plan;
mod report;
mod start;
#[cfg(test)]
mod tests;

pub use control::{cancel, pause, resume};
pub use create::{NewCampaign, create};
pub use deliveries::deliveries;
pub use list::list;
pub use plan::plan;
pub use report::{report, status};
pub use start::start;
