//! `tg config …`

mod permitted;
pub(super) mod show;
pub(super) mod validate;

use permitted::permitted;
