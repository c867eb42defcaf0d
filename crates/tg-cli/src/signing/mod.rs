//! What the commands that sign in share.

mod news;
mod parts;
mod qr;
mod start;

use news::listening;
pub(crate) use news::show;
pub(crate) use parts::Parts;
pub(crate) use start::{Start, start};
