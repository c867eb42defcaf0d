//! What several fuzz targets ask of what they get.

mod body;
mod pick;

pub use body::sendable;
pub use pick::{pick, split};
