//! Codes that arrive in Telegram itself: read in the live session that this home has of the account
//! that is signing in.

use crate::app::App;
use std::sync::Arc;
use std::time::Duration;
use tg_core::account::AccountState;
use tg_core::ids::AccountId;
use tg_core::login::CodeChannel;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{
    BoxFuture, CodeError, CodeRequest, CodeSource, LoginCode, ServiceChat, ServiceChats,
};

/// Between two looks at the chat.
const PAUSE: Duration = Duration::from_millis(500);

/// The source `session`.
pub struct SessionCodes {
    app: App,
    chats: Arc<dyn ServiceChats>,
}

impl SessionCodes {
    /// Reads in the sessions of `app`'s home. Only for accounts that a running engine does not have
    /// open: a sign-in borrows its account first.
    #[must_use]
    pub fn new(app: App, chats: Arc<dyn ServiceChats>) -> Self {
        Self { app, chats }
    }

    async fn account(&self, phone: &PhoneNumber) -> Result<AccountId, CodeError> {
        let phone = phone.clone();
        let found: Result<_, tg_core::ports::StoreError> = self
            .app
            .store
            .read(move |unit| {
                let mut accounts = unit.accounts()?.into_iter();
                Ok(accounts.find(|account| account.phone.as_ref() == Some(&phone)))
            })
            .await;
        let live = found.ok().flatten().filter(|account| {
            let gone = account.state.is_gone() || account.state == AccountState::Revoked;
            !gone
        });
        live.map(|account| account.id)
            .ok_or_else(|| CodeError::NotHere("this home has no session of the number".to_owned()))
    }

    async fn look(&self, request: &CodeRequest) -> Result<LoginCode, CodeError> {
        if request.channel != CodeChannel::App {
            let why = format!("the code was sent {}", request.channel);
            return Err(CodeError::NotHere(why));
        }
        let account = self.account(&request.phone).await?;
        let chat = self.chats.open(account).await.map_err(CodeError::Failed)?;
        let found = self.watch(&*chat, request).await;
        chat.close().await;
        found
    }

    async fn watch(
        &self,
        chat: &dyn ServiceChat,
        request: &CodeRequest,
    ) -> Result<LoginCode, CodeError> {
        while self.app.clock.now() < request.deadline {
            let messages = chat.latest().await.map_err(CodeError::Failed)?;
            let fresh = messages.iter().filter(|message| request.accepts(message.at));
            let found = fresh.filter_map(|message| {
                let code = request.pattern.find(&message.text)?;
                Some(LoginCode { code, received_at: message.at })
            });
            // The newest comes first.
            if let Some(code) = { found }.next() {
                return Ok(code);
            }
            self.app.clock.sleep(PAUSE).await;
        }
        Err(CodeError::TimedOut)
    }
}

impl CodeSource for SessionCodes {
    fn name(&self) -> &'static str {
        "session"
    }

    fn wait<'a>(&'a self, request: &'a CodeRequest) -> BoxFuture<'a, Result<LoginCode, CodeError>> {
        Box::pin(self.look(request))
    }
}
