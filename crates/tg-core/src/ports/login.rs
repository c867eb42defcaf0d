//! Signing in at Telegram, a call at a time (core.telegram.org/api/auth).

use super::{BoxFuture, Route, Session};
use crate::failure::Failure;
use crate::ids::{AccountId, UserId};
use crate::login::SentCode;
use crate::peer::PhoneNumber;
use crate::time::Timestamp;
use secrecy::SecretString;
use std::sync::Arc;

/// Somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub user_id: UserId,
    /// Whether that is a bot.
    pub is_bot: bool,
    /// Their number, if Telegram says.
    pub phone: Option<PhoneNumber>,
    /// What every later connection starts from.
    pub session: Session,
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginAnswer {
    /// Signed in.
    In(Box<SignedIn>),
    /// The two-step password is asked for next.
    PasswordNeeded,
}

/// What there is to show to the phone that is to accept the sign-in.
#[derive(Clone, Debug)]
pub enum TokenAnswer {
    /// A token that nobody has accepted yet.
    Show {
        /// `tg://login?token=…` (core.telegram.org/api/qr-login): whoever opens it is asked whether
        /// to sign this program in.
        url: SecretString,
        /// When it is over.
        until: Timestamp,
    },
    /// It was accepted.
    Accepted(LoginAnswer),
}

/// Why a step did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// It is not the code.
    #[error("Telegram says that this is not the code")]
    WrongCode,
    /// It was the code, or it may have been; it is too late for it.
    #[error("the code is too old, or was revoked by Telegram")]
    ExpiredCode,
    /// It is not the two-step password.
    #[error("Telegram says that this is not the two-step password")]
    WrongPassword,
    /// The number has no Telegram account.
    #[error(
        "the number has no Telegram account, and Telegram lets only its official apps make one"
    )]
    NoAccount,
    /// There is no other way to deliver the code.
    #[error("Telegram offers no other way to deliver the code")]
    NoOtherWay,
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// One connection on which somebody signs in. Every call has a timeout of its own, follows Telegram
/// to the data centre that it names, and is made once.
pub trait SignIn: Send + Sync {
    /// Who is signed in on this connection already, if anybody: a sign-in that was cut off after
    /// Telegram had agreed is found so.
    fn who(&self) -> BoxFuture<'_, Result<Option<SignedIn>, LoginError>>;

    /// Asks Telegram to send a code (core.telegram.org/method/auth.sendCode).
    fn send_code<'a>(
        &'a self,
        phone: &'a PhoneNumber,
    ) -> BoxFuture<'a, Result<SentCode, LoginError>>;

    /// Asks for it by the next way (core.telegram.org/method/auth.resendCode).
    fn resend_code<'a>(
        &'a self,
        phone: &'a PhoneNumber,
        sent: &'a SentCode,
    ) -> BoxFuture<'a, Result<SentCode, LoginError>>;

    /// Takes it back (core.telegram.org/method/auth.cancelCode).
    fn cancel_code<'a>(
        &'a self,
        phone: &'a PhoneNumber,
        sent: &'a SentCode,
    ) -> BoxFuture<'a, Result<(), LoginError>>;

    /// Shows the code (core.telegram.org/method/auth.signIn).
    fn enter_code<'a>(
        &'a self,
        phone: &'a PhoneNumber,
        sent: &'a SentCode,
        code: &'a SecretString,
    ) -> BoxFuture<'a, Result<LoginAnswer, LoginError>>;

    /// What the owner wrote down to remember the two-step password by.
    fn password_hint(&self) -> BoxFuture<'_, Result<Option<String>, LoginError>>;

    /// Proves the two-step password without sending it (core.telegram.org/api/srp).
    fn enter_password<'a>(
        &'a self,
        password: &'a SecretString,
    ) -> BoxFuture<'a, Result<LoginAnswer, LoginError>>;

    /// Asks for a token to show, or what became of the last one
    /// (core.telegram.org/method/auth.exportLoginToken).
    fn token(&self) -> BoxFuture<'_, Result<TokenAnswer, LoginError>>;

    /// Waits until Telegram says that the token was accepted; for ever, if it does not.
    fn token_accepted(&self) -> BoxFuture<'_, ()>;

    /// Signs a bot in (core.telegram.org/method/auth.importBotAuthorization).
    fn enter_bot_token<'a>(
        &'a self,
        token: &'a SecretString,
    ) -> BoxFuture<'a, Result<LoginAnswer, LoginError>>;

    /// Ends the session at Telegram (core.telegram.org/method/auth.logOut).
    fn log_out(&self) -> BoxFuture<'_, Result<(), LoginError>>;

    /// The keys of this connection as they are now, whoever is signed in.
    fn session(&self) -> Session;

    /// Ends the connection; nothing leaves from here after it returns.
    fn close(&self) -> BoxFuture<'_, ()>;
}

/// Which way a connection to sign in on goes.
#[derive(Clone, Debug)]
pub enum LoginWay {
    /// That of an account that has a row already, and never past its proxy.
    Of(AccountId),
    /// This one: of an account that has no row yet.
    Route(Route),
}

/// Opens connections to sign in on.
pub trait LoginDesk: Send + Sync {
    /// A connection that starts from `session`: data centres with or without keys. Connects with the
    /// first call.
    fn open(
        &self,
        way: LoginWay,
        session: Session,
    ) -> BoxFuture<'_, Result<Arc<dyn SignIn>, Failure>>;
}
