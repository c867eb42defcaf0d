//! What a run says while it runs: bars on a terminal, plain lines in a pipe, JSON lines for scripts.

mod counts;
mod lines;
mod news;
mod screen;
mod sink;

pub(crate) use counts::Known;
pub(crate) use sink::Reporter;
