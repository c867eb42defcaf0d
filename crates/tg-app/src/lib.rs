//! The use cases of `tg`: what a person may ask for, whoever's face they ask through.
//!
//! Each use case takes an [`App`] and an [`Actor`], checks one named [`Permission`], acts, and
//! writes the audit row in the transaction of the change; refusals leave a row too. Results are the
//! versioned shapes of [`json`].

pub mod accounts;
mod act;
mod actor;
pub mod alerts;
mod app;
pub mod audiences;
pub mod audit;
pub mod auth;
mod budgets;
pub mod campaigns;
pub mod checkup;
pub mod contacts;
mod doctor;
pub mod engine;
mod error;
#[cfg(test)]
mod every_role;
pub mod home;
pub mod inbox;
pub mod json;
pub mod labels;
pub mod loans;
pub mod maintenance;
pub mod migrate;
mod moment;
mod named;
pub mod operators;
mod permissions;
pub mod proxies;
pub mod removal;
mod scope;
pub mod secrets;
pub mod segments;
pub mod sessions;
pub mod sign_in;
pub mod templates;
#[cfg(test)]
mod testing;

pub use actor::Actor;
pub use app::App;
pub use budgets::Budget;
pub use doctor::doctor;
pub use error::{AppError, Kind};
pub use permissions::{Permission, Role};
pub use scope::{Scope, ScopeError};
