//! Finding out whose a session is that does not say so.

use super::{BoxFuture, Route, Session};
use crate::failure::Failure;
use crate::ids::UserId;
use crate::peer::PhoneNumber;

/// Whose a session is, as Telegram says.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Who.
    pub user_id: UserId,
    /// Whether that is a bot.
    pub is_bot: bool,
    /// Their own number, if they have one.
    pub phone: Option<PhoneNumber>,
    /// The session with what was learnt on the way: its owner, the home, addresses.
    pub session: Session,
}

/// Asks Telegram whose a session is.
pub trait Identifier: Send + Sync {
    /// Connects once on the given way, asks, and closes. The session must be in use nowhere else.
    fn identify(&self, session: Session, route: Route) -> BoxFuture<'_, Result<Identity, Failure>>;
}
