//! `cargo xtask tidy`: the house rules that neither the compiler nor clippy knows.
//!
//! A rule is a pure function; its findings name file and line. To add one: a function in the file
//! of its group and an entry in one of the lists in `rules.rs`.

mod allow;
mod bounded;
mod container;
mod deps;
mod finding;
mod manifests;
mod migrations;
mod repo;
mod rules;
mod run;
mod rust;
mod shape;
mod shown;
mod sql;
mod text;
mod waits;
mod words;

pub(crate) use run::run;
