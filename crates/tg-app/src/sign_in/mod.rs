//! Signing accounts in: by phone and code, by QR code, bots by token.

mod bot;
mod codes;
mod desk;
mod finish;
mod news;
mod phone;
mod qr;
mod reserve;
mod session_codes;
mod spend;
mod target;

pub use bot::by_bot_token;
pub use desk::Desk;
pub use news::{PasswordSource, Tell};
pub use phone::{ByPhone, by_phone};
pub use qr::by_qr;
pub use session_codes::SessionCodes;
pub use spend::{SMS, SmsBudget};
pub use target::{Target, known, signed_out};
