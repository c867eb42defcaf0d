//! Templates: add, show, look for faults, see what they say to people.

mod add;
mod fit;
mod lint;
mod preview;
mod show;
#[cfg(test)]
mod tests;

pub use add::{MAX_SOURCE, NewMedia, NewTemplate, add, add_as};
pub(crate) use fit::fitting;
pub use lint::lint;
pub use preview::{MAX_PREVIEWS, preview};
pub use show::{list, show};
