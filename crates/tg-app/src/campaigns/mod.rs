//! Campaigns: make, plan, start, stop, look at, decide what became of them.

mod control;
mod cost;
mod create;
#[cfg(test)]
mod decision_tests;
mod deliveries;
mod forecast;
#[cfg(test)]
mod forecast_tests;
mod list;
mod personal;
mod plan;
mod preview;
mod report;
mod resolve;
mod retry;
mod review;
mod says;
mod start;
mod test_send;
#[cfg(test)]
mod tests;

pub use control::{cancel, pause, resume};
pub use cost::{Terms, cost};
pub use create::{NewCampaign, NewVariant, create, create_personal};
pub use deliveries::deliveries;
pub use list::list;
pub use personal::NewPersonal;
pub use plan::plan;
pub use preview::preview;
pub use report::{report, status};
pub use resolve::{Doubtful, Finding, resolve};
pub use retry::retry;
pub use review::{review, texts};
pub use start::start;
pub use test_send::{NewTest, test, test_status};
