//! The contract suite without threads.

use super::homes::make;
use crate::Mode;

tg_core::store_contract!(|| make(Mode::Inline));
