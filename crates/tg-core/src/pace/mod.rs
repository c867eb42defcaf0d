//! How fast: pure cells on a clock that the caller reads. The engine's pacing and a plan's
//! prediction are this same code.

mod bucket;
mod cost;
mod forecast;
mod pacer;
mod window;

pub use bucket::Bucket;
pub use cost::{Charge, CostUnit, Meter, Overspent, Period};
pub use forecast::{Forecast, LimitedBy, Load};
pub use pacer::{AccountPacer, Limits};
pub use window::Window;
