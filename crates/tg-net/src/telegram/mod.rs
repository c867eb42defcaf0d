//! Telegram over MTProto, behind [`tg_core::ports::Connector`] and [`tg_core::ports::Messenger`].
//!
//! grammers speaks the protocol; everything it would decide by itself (retries, random ids, where a
//! session is kept, which key a data centre has) is decided here instead.
//!
//! The reason of a failure is Telegram's name for it, without the number in it, or one of ours:
//!
//! | reason | class | what happened |
//! |---|---|---|
//! | `connection_lost` | ambiguous | connecting failed, or the connection broke; the next call connects again |
//! | `timeout` | ambiguous | no answer in time; the next call connects again if there was no answer to anything |
//! | `transport` | ambiguous | the server broke the connection off (core.telegram.org/mtproto/mtproto-transports) |
//! | `unreadable_answer` | ambiguous | an answer that does not say what happened |
//! | `session_store` | ambiguous | the session could not be read or written; nothing was connected |
//! | `key_exchange` | ambiguous | no encrypted connection came about |
//! | `connection_gone` | ambiguous | the connection has ended or was given up: connect anew |
//! | `closed` | ambiguous | the connection was closed by us: connect anew |
//! | `no_session`, `auth_key_not_found` | the account, revoked | there is no session, or the server does not know its key |
//! | `exit_pause` | ambiguous | nothing was connected: the account changed its proxy and rests before it comes back from elsewhere |
//! | `proxy_no_address`, `proxy_unreachable`, `proxy_refused`, `proxy_no_route`, `proxy_not_socks` | ambiguous | the account's proxy failed; nothing was connected |
//! | `proxy_sealed` | the installation | the password of the account's proxy cannot be opened |
//! | `session_sealed` | the installation | the stored session cannot be opened |
//! | `wrong_identity` | the account | the session belongs to another user |
//! | `not_a_user` | the recipient | the address is a group's or channel's |
//! | `user_missing`, `no_access_hash`, `entity_out_of_range` | unclassified | this message cannot be sent as it is |

mod chats;
mod config;
mod connection;
mod connector;
mod ear;
mod entities;
mod errors;
mod frozen;
mod history;
mod identify;
mod login;
mod media;
mod messenger;
mod pushed;
mod resolve;
mod send;
mod service_chat;
mod session;
mod updates;
mod way;

#[cfg(test)]
mod samples;

pub use config::{TelegramConfig, Timeouts};
pub use connector::{Policies, TelegramConnector};
pub use errors::explain;
pub use login::TelegramLogin;
