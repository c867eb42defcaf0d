//! The contract suite over a writer thread and a pool of readers.

use super::homes::make;
use crate::Mode;

tg_core::store_contract!(|| make(Mode::Threaded));
