//! Proxies: add, look at, give to accounts, replace, remove.

mod add;
mod assign;
mod check;
mod free;
mod list;
mod remove;
mod replace;
#[cfg(test)]
mod tests;

pub use add::{NewProxy, add};
pub use assign::{Which, assign, assign_auto};
pub use check::check;
pub(crate) use free::free_route;
pub use list::list;
pub use remove::remove;
pub use replace::replace;
