//! What people write to accounts, and how a "no" is recognised in it.

mod heard;
mod opt_out;
mod words;

pub use heard::{Gap, HeardMessage, HeardUser, MAX_TEXT, News};
pub use opt_out::{BadWords, OptOutWords, fold};
