//! The calls of a sign-in, each made once, each followed to the data centre that Telegram names.

use super::{code, password, refusals};
use crate::telegram::connection::Connection;
use crate::telegram::errors::{self, Call};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use grammers_client::session::Session as _;
use grammers_client::tl::{RemoteCall, enums, functions, types};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use tg_core::failure::{Failure, FailureClass};
use tg_core::ids::UserId;
use tg_core::login::SentCode;
use tg_core::peer::PhoneNumber;
use tg_core::ports::{
    BoxFuture, Entropy, LoginAnswer, LoginError, Session, SignIn, SignedIn, TokenAnswer,
};
use tg_core::time::Timestamp;

/// How often one call is sent on to another data centre; more is a loop on their side.
const MOST_MOVES: usize = 3;

/// A connection on which somebody signs in.
pub(super) struct Steps {
    connection: Connection,
    api_id: i32,
    api_hash: SecretString,
    entropy: Arc<dyn Entropy>,
}

type Answer = Result<LoginAnswer, LoginError>;

impl Steps {
    pub(super) fn new(
        connection: Connection,
        api_id: i32,
        api_hash: SecretString,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { connection, api_id, api_hash, entropy }
    }

    /// Calls, and calls again where Telegram says.
    async fn call<R: RemoteCall>(&self, request: &R) -> Result<R::Return, Failure> {
        for _ in 0..MOST_MOVES {
            match self.connection.call(Call::Connect, request).await {
                Err(failure) => match failure.class {
                    FailureClass::Elsewhere { dc } => self.move_to(dc).await?,
                    _ => return Err(failure),
                },
                answer => return answer,
            }
        }
        Err(errors::unreadable("its data centres send the sign-in around in a circle"))
    }

    async fn move_to(&self, dc: i32) -> Result<(), Failure> {
        let session = self.connection.session();
        if session.dc_option(dc).ok().flatten().is_none() {
            return Err(errors::unreadable("it names a data centre whose address is not known"));
        }
        // Nobody is signed in yet, so that a key for it may be made if there is none.
        session.set_home_dc_id(dc).await.map_err(|error| {
            Failure::ambiguous("session_store", format!("The sign-in cannot move on: {error}"))
        })
    }

    /// The outcome of a call that may sign in, or ask for the password.
    fn judged(&self, answer: Result<enums::auth::Authorization, Failure>) -> Answer {
        match answer {
            Ok(enums::auth::Authorization::Authorization(done)) => self.signed_in(done.user),
            Ok(enums::auth::Authorization::SignUpRequired(_)) => Err(LoginError::NoAccount),
            Err(failure) if failure.reason == "SESSION_PASSWORD_NEEDED" => {
                Ok(LoginAnswer::PasswordNeeded)
            }
            Err(failure) => Err(refusals::read(failure)),
        }
    }

    fn signed_in(&self, user: enums::User) -> Answer {
        Ok(LoginAnswer::In(Box::new(self.identity(&user)?)))
    }

    fn identity(&self, user: &enums::User) -> Result<SignedIn, LoginError> {
        let enums::User::User(user) = user else {
            return Err(errors::unreadable("it does not say who is signed in").into());
        };
        let phone = user.phone.as_deref().map(|digits| format!("+{digits}"));
        let session = Session {
            user_id: UserId(user.id),
            is_bot: user.bot,
            updates: None,
            ..self.connection.session().snapshot()
        };
        Ok(SignedIn {
            user_id: session.user_id,
            is_bot: session.is_bot,
            phone: phone.and_then(|phone| PhoneNumber::from_e164(&phone).ok()),
            session,
        })
    }

    async fn ask_who(&self) -> Result<Option<SignedIn>, LoginError> {
        let request = functions::users::GetUsers { id: vec![enums::InputUser::UserSelf] };
        match self.call(&request).await {
            Ok(users) => users.first().map(|user| self.identity(user)).transpose(),
            Err(failure) if nobody(&failure) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    async fn ask_code(&self, phone: &PhoneNumber) -> Result<SentCode, LoginError> {
        let settings = types::CodeSettings {
            allow_flashcall: false,
            current_number: false,
            allow_app_hash: false,
            allow_missed_call: false,
            allow_firebase: false,
            unknown_number: false,
            logout_tokens: None,
            token: None,
            app_sandbox: None,
        };
        let request = functions::auth::SendCode {
            phone_number: phone.e164().to_owned(),
            api_id: self.api_id,
            api_hash: self.api_hash.expose_secret().to_owned(),
            settings: settings.into(),
        };
        code::sent(self.call(&request).await.map_err(refusals::read)?)
    }

    async fn question(&self) -> Result<types::account::Password, LoginError> {
        let enums::account::Password::Password(asked) =
            self.call(&functions::account::GetPassword {}).await.map_err(refusals::read)?;
        Ok(asked)
    }

    /// The parameters are fetched for every attempt: each is good for one
    /// (core.telegram.org/api/srp#checking-the-password-with-srp).
    async fn prove(&self, password: &SecretString) -> Answer {
        let asked = self.question().await?;
        let password = password.clone();
        let mut secret = vec![0; 256];
        self.entropy.fill(&mut secret);
        let computed =
            tokio::task::spawn_blocking(move || password::answer(asked, &password, secret));
        let password = computed.await.map_err(|_| {
            Failure::ambiguous("password", "The answer to Telegram's question was not computed")
        })??;
        let answer = self.call(&functions::auth::CheckPassword { password }).await;
        match self.judged(answer) {
            Ok(LoginAnswer::PasswordNeeded) => {
                Err(errors::unreadable("it asks for the password again").into())
            }
            answer => answer,
        }
    }

    async fn ask_token(&self) -> Result<TokenAnswer, LoginError> {
        let request = functions::auth::ExportLoginToken {
            api_id: self.api_id,
            api_hash: self.api_hash.expose_secret().to_owned(),
            except_ids: Vec::new(),
        };
        let mut answer = self.call(&request).await;
        for _ in 0..MOST_MOVES {
            match answer {
                Ok(enums::auth::LoginToken::Token(token)) => {
                    let url = format!("tg://login?token={}", URL_SAFE_NO_PAD.encode(token.token));
                    let until = Timestamp::from_secs(i64::from(token.expires));
                    return Ok(TokenAnswer::Show { url: url.into(), until });
                }
                Ok(enums::auth::LoginToken::Success(done)) => {
                    return self.judged(Ok(done.authorization)).map(TokenAnswer::Accepted);
                }
                Ok(enums::auth::LoginToken::MigrateTo(there)) => {
                    self.move_to(there.dc_id).await?;
                    let request = functions::auth::ImportLoginToken { token: there.token };
                    answer = self.call(&request).await;
                }
                Err(failure) => return self.judged(Err(failure)).map(TokenAnswer::Accepted),
            }
        }
        Err(errors::unreadable("its data centres send the sign-in around in a circle").into())
    }
}

/// Whether a failure says that nobody is signed in on this connection.
fn nobody(failure: &Failure) -> bool {
    ["AUTH_KEY_UNREGISTERED", "SESSION_REVOKED", "SESSION_EXPIRED", "SESSION_PASSWORD_NEEDED"]
        .contains(&failure.reason.as_str())
}

impl SignIn for Steps {
    fn who(&self) -> BoxFuture<'_, Result<Option<SignedIn>, LoginError>> {
        Box::pin(self.ask_who())
    }

    fn send_code<'a>(
        &'a self,
        phone: &'a PhoneNumber,
    ) -> BoxFuture<'a, Result<SentCode, LoginError>> {
        Box::pin(self.ask_code(phone))
    }

    fn resend_code<'a>(
        &'a self,
        phone: &'a PhoneNumber,
        sent: &'a SentCode,
    ) -> BoxFuture<'a, Result<SentCode, LoginError>> {
        let request = functions::auth::ResendCode {
            phone_number: phone.e164().to_owned(),
            phone_code_hash: sent.hash.clone(),
            reason: None,
        };
        Box::pin(async move { code::sent(self.call(&request).await.map_err(refusals::read)?) })
    }

    fn cancel_code<'a>(
        &'a self,
        phone: &'a PhoneNumber,
        sent: &'a SentCode,
    ) -> BoxFuture<'a, Result<(), LoginError>> {
        let request = functions::auth::CancelCode {
            phone_number: phone.e164().to_owned(),
            phone_code_hash: sent.hash.clone(),
        };
        Box::pin(async move {
            self.call(&request).await.map_err(refusals::read)?;
            Ok(())
        })
    }

    fn enter_code<'a>(
        &'a self,
        phone: &'a PhoneNumber,
        sent: &'a SentCode,
        code: &'a SecretString,
    ) -> BoxFuture<'a, Answer> {
        let request = functions::auth::SignIn {
            phone_number: phone.e164().to_owned(),
            phone_code_hash: sent.hash.clone(),
            phone_code: Some(code.expose_secret().to_owned()),
            email_verification: None,
        };
        Box::pin(async move { self.judged(self.call(&request).await) })
    }

    fn password_hint(&self) -> BoxFuture<'_, Result<Option<String>, LoginError>> {
        Box::pin(async move { Ok(self.question().await?.hint) })
    }

    fn enter_password<'a>(&'a self, password: &'a SecretString) -> BoxFuture<'a, Answer> {
        Box::pin(self.prove(password))
    }

    fn token(&self) -> BoxFuture<'_, Result<TokenAnswer, LoginError>> {
        Box::pin(self.ask_token())
    }

    fn token_accepted(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.connection.login_token_news())
    }

    fn enter_bot_token<'a>(&'a self, token: &'a SecretString) -> BoxFuture<'a, Answer> {
        let request = functions::auth::ImportBotAuthorization {
            flags: 0,
            api_id: self.api_id,
            api_hash: self.api_hash.expose_secret().to_owned(),
            bot_auth_token: token.expose_secret().to_owned(),
        };
        Box::pin(async move { self.judged(self.call(&request).await) })
    }

    fn log_out(&self) -> BoxFuture<'_, Result<(), LoginError>> {
        Box::pin(async move {
            self.call(&functions::auth::LogOut {}).await?;
            Ok(())
        })
    }

    fn session(&self) -> Session {
        self.connection.session().snapshot()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.connection.close())
    }
}
