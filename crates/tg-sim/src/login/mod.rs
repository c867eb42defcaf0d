//! What the simulator knows of people who are signing in: codes on their way, passwords, QR codes.

mod desk;
mod srp;
mod token;
mod way;

pub(crate) use desk::{CodeFault, Desk, Sent};
pub(crate) use srp::{GENERATOR, Verifier, prime};
pub(crate) use way::Way;
