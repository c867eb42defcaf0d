//! Personal texts are written before their deliveries are due, by a task of their own: sending never
//! waits for a model, and a model that fails costs nobody their message.

mod job;
mod mood;
mod piece;
mod purse;
mod task;

pub use job::TextOptions;
pub(crate) use task::{Scribe, is_busy};
