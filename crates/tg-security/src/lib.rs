//! What keeps secrets secret and input harmless: sealing, keys, the audit chain, validation.
//!
//! No storage and no network of its own: bytes come in, judged values go out, and sealed bytes go
//! to the store through the ports of `tg-core`.

mod accounts_json;
mod audit_chain;
mod entropy;
mod files;
mod keyfile;
mod keys;
pub mod lockout;
pub mod plaintext;
mod reseal;
mod sealed_export;
mod sealed_routes;
mod sealed_sessions;
mod sealer;
mod session_codec;
mod session_strings;
mod token;
pub mod validate;
pub mod vault;
mod who;

pub use accounts_json::{ImportedAccount, MAX_ACCOUNTS_FILE, parse as parse_accounts};
pub use audit_chain::{BrokenChain, ChainCheck, ChainFault, was_written_at};
pub use entropy::SystemEntropy;
pub use files::WholeFile;
pub use keyfile::{Cost, KeyError, KeyFile, KeyLine, MIN_PASSPHRASE, MasterKey, check_passphrase};
pub use keys::{
    AUDIT_KEY, AuditHmac, HomeAuditKey, HomeKeyError, IdKeyHmac, RANDOM_ID_KEY, audit_key,
};
pub use reseal::{ResealError, Resealed, reseal};
pub use sealed_export::{
    CarriedAccount, SEALED_EXPORT, SealedExportError, open_export, seal_export,
};
pub use sealed_routes::SealedRoutes;
pub use sealed_sessions::SealedSessions;
pub use sealer::{Kind, SealError, Sealer};
pub use session_codec::CodecError;
pub use session_strings::{
    SessionStringError, parse_session_string, pyrogram_string, telethon_string,
};
pub use token::{Token, TokenError, TokenKind};
pub use who::{WhoError, parse_who};
