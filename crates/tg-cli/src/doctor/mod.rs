//! What is wrong with an installation: the home's files, and the place where they lie.

mod files;
mod place;

pub(crate) use files::look;
