//! `cargo xtask layers`: the dependencies of our crates are those that the architecture draws.

mod check;
mod drawing;
mod graph;
mod run;
#[cfg(test)]
mod tests;

pub(crate) use run::run;
