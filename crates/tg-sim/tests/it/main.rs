//! The simulator from outside, through a real client and its HTTP interface.

#![allow(clippy::unwrap_used)]

mod faults;
mod listening;
mod process;
mod roads;
mod sending;
mod signing_in;
mod support;
mod walking;
mod wire;
