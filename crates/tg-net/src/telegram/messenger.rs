//! The messenger port over one connection.

use super::connection::Connection;
use super::media::Shelf;
use super::{chats, frozen, history, resolve, send, updates};
use std::sync::Arc;
use tg_core::failure::Failure;
use tg_core::inbox::{HeardUser, News};
use tg_core::peer::{Address, Peer};
use tg_core::ports::{
    BoxFuture, HistoryPage, Messenger, Receipt, Resolved, Transmission, UpdatePoint,
};
use tg_core::time::Timestamp;

/// A connected account.
///
/// A failure with the reason `closed`, `connection_gone` or `auth_key_not_found` is the last word of
/// this messenger: every later call gets it too. After `connection_lost` and `timeout` the next
/// call connects again by itself.
pub(crate) struct TelegramMessenger {
    connection: Connection,
    shelf: Arc<Shelf>,
}

impl TelegramMessenger {
    /// Takes over a connection that has proven its identity, with what its account has uploaded.
    pub(crate) fn new(connection: Connection, shelf: Arc<Shelf>) -> Self {
        Self { connection, shelf }
    }

    /// A frozen account's failure is told with what Telegram says about the freeze.
    async fn explained<T>(&self, answer: Result<T, Failure>) -> Result<T, Failure> {
        match answer {
            Err(failure) => Err(frozen::explain(&self.connection, failure).await),
            answer => answer,
        }
    }
}

impl Messenger for TelegramMessenger {
    /// The message is handed over at the first poll; dropping the future does not unsend it.
    fn send<'a>(&'a self, part: &'a Transmission) -> BoxFuture<'a, Result<Receipt, Failure>> {
        Box::pin(async move {
            self.explained(send::send(&self.connection, &self.shelf, part).await).await
        })
    }

    fn resolve<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, Result<Resolved, Failure>> {
        Box::pin(
            async move { self.explained(resolve::resolve(&self.connection, address).await).await },
        )
    }

    fn history(&self, peer: Peer, since: Timestamp) -> BoxFuture<'_, Result<HistoryPage, Failure>> {
        Box::pin(
            async move { self.explained(history::read(&self.connection, peer, since).await).await },
        )
    }

    fn hear(&self, after: Option<UpdatePoint>) -> BoxFuture<'_, Result<News, Failure>> {
        Box::pin(async move { self.explained(updates::hear(&self.connection, after).await).await })
    }

    fn reached(&self, after: UpdatePoint) -> BoxFuture<'_, Option<UpdatePoint>> {
        Box::pin(self.connection.ear().reached(after))
    }

    fn acquaintances(&self) -> BoxFuture<'_, Result<Vec<HeardUser>, Failure>> {
        Box::pin(async move { self.explained(chats::acquaintances(&self.connection).await).await })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.connection.close())
    }
}
