//! Runs campaigns: plans deliveries, claims them account by account, sends, settles, repeats what
//! was left in doubt, and stops without losing an outcome. Needs the ports of `tg-core` only.

mod alerts;
mod board;
mod campaigns;
mod commit;
mod confirm;
mod control;
mod counting;
mod engine;
mod events;
mod flight;
mod health;
mod hear;
mod hear_options;
mod heard;
mod herald;
pub mod home_steps;
mod learn;
mod lending;
mod opt_out;
pub mod planner;
mod recovery;
mod replies;
mod scribe;
mod serve;
mod settle;
mod shutdown;
pub mod steps;
#[cfg(feature = "failpoints")]
mod stop;
mod supervisor;
mod turn;
mod wake;
mod worker;

pub use engine::{Ended, EngineParts, RunError, RunOptions, RunSummary, run};
pub use events::{AccountNews, DeliveryNews, EventKind, EventSink, RunEvent};
pub use health::HealthLog;
pub use hear_options::HearOptions;
pub use recovery::hold_restored;
pub use scribe::TextOptions;
pub use shutdown::Shutdown;
