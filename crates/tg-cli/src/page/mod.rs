//! Reports as one self-contained page of HTML.

mod chart;
mod plots;
mod report;

pub(crate) use report::html;
