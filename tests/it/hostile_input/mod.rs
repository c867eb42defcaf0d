//! What comes from outside and means harm, or is broken: never a panic, always the place of the fault, and
//! everything else as it was.

mod changing;
mod injection;
mod json;
mod lists;
mod paths;
mod templates;
