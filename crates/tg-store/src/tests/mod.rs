//! Tests of the store as a whole: the contract suite in both modes, and what only SQLite has to
//! prove (files, processes, crashes, query plans).
#![allow(clippy::unwrap_used)]

mod groups;
mod homes;
mod inline;
mod marks;
mod opening;
mod processes;
mod query_plans;
mod threaded;
