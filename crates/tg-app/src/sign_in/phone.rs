//! Signing in by phone: code, then two-step password, as the automaton of the core says.

use super::codes::{Wait, Waited};
use super::finish::Finish;
use super::reserve::Reserved;
use super::spend::{Paid, SmsBudget};
use super::target::{self, looked_up};
use super::{Desk, PasswordSource, Target, Tell, finish};
use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::permissions::Permission;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::FailureClass;
use tg_core::login::{CodeChannel, LoginEvent, LoginFlow, LoginStep, SentCode};
use tg_core::peer::PhoneNumber;
use tg_core::ports::{
    CodeRequest, CodeSource, LoginAnswer, LoginError, LoginWay, Session, SignIn, SignedIn,
};
use tg_core::time::Timestamp;

/// Between two requests for a code, so that dates in whole seconds tell the codes apart.
const APART: Duration = Duration::from_secs(1);

/// What a sign-in by phone needs.
#[derive(Clone, Copy)]
pub struct ByPhone<'a> {
    /// Whom it is for.
    pub target: Target<'a>,
    /// The number, as it was typed or is known.
    pub phone: &'a str,
    /// What the connection starts from.
    pub start: &'a Session,
    /// Where codes come from, in the order in which they are asked.
    pub sources: &'a [Arc<dyn CodeSource>],
    /// How long each of them is waited for.
    pub patience: Duration,
    /// What text messages may cost.
    pub budget: SmsBudget,
    /// Where passwords come from.
    pub passwords: &'a dyn PasswordSource,
    /// Is told what happens.
    pub tell: Tell<'a>,
}

/// Signs an account in by its number.
///
/// # Errors
/// A refusal of Telegram or of the home; if no code or password came; if Telegram is not reached.
/// Nothing is kept then, and nobody is left signed in.
pub async fn by_phone(
    app: &App,
    actor: &Actor,
    desk: Desk<'_>,
    asked: ByPhone<'_>,
) -> Result<json::AccountDetail, AppError> {
    let act = begin(app, actor, asked.target).await?;
    let simulated = asked.start.dcs.iter().all(|dc| dc.addr.ip().is_loopback());
    let phone = target::number(asked.phone, simulated)?;
    let way = looked_up(app, &act, desk.loans, asked.target, Some(phone.clone())).await?;
    let taken = Reserved::take(app, &phone, desk.loans.borrower()).await;
    let (reserved, left) = act.judged(taken).await?;
    let result = hold(app, &act, desk, &asked, way, &reserved, left).await;
    reserved.release().await;
    result
}

pub(super) async fn begin<'a>(
    app: &'a App,
    actor: &'a Actor,
    target: Target<'_>,
) -> Result<Act<'a>, AppError> {
    let permission = match target {
        Target::New { .. } => Permission::AccountAdd,
        Target::Again(_) => Permission::AccountLogin,
    };
    Act::begin(app, actor, permission, "account", Some(target.name())).await
}

/// How a sign-in ends, on whichever connection it does.
struct Ends<'a> {
    app: &'a App,
    act: &'a Act<'a>,
    desk: Desk<'a>,
    asked: &'a ByPhone<'a>,
    reserved: &'a Reserved<'a>,
}

impl<'a> Ends<'a> {
    fn at<'b>(&'b self, line: &'b dyn SignIn) -> Finish<'b>
    where
        'a: 'b,
    {
        Finish {
            app: self.app,
            act: self.act,
            desk: self.desk,
            line,
            target: self.asked.target,
            tell: self.asked.tell,
            reserved: Some((self.reserved.phone(), self.desk.loans.borrower())),
        }
    }
}

/// Everything that happens while the number is reserved.
async fn hold(
    app: &App,
    act: &Act<'_>,
    desk: Desk<'_>,
    asked: &ByPhone<'_>,
    way: LoginWay,
    reserved: &Reserved<'_>,
    left: Option<Session>,
) -> Result<json::AccountDetail, AppError> {
    let ends = Ends { app, act, desk, asked, reserved };
    if let Some(left) = left {
        let line = opened(act, desk, way.clone(), left).await?;
        let found = adopt(&ends.at(&*line), reserved.phone()).await;
        line.close().await;
        if let Some(done) = found? {
            return Ok(done);
        }
    }
    let line = opened(act, desk, way, asked.start.clone()).await?;
    let run = Run { app, line: &*line, asked, phone: reserved.phone(), reserved };
    let result = match run.drive().await {
        Ok(who) => ends.at(&*line).keep(who).await,
        Err(error) => act.judged(Err(error)).await,
    };
    line.close().await;
    result
}

/// A connection to sign in on.
pub(super) async fn opened(
    act: &Act<'_>,
    desk: Desk<'_>,
    way: LoginWay,
    start: Session,
) -> Result<Arc<dyn SignIn>, AppError> {
    match desk.telegram.open(way, start).await {
        Ok(line) => Ok(line),
        Err(failure) => act.judged(Err(AppError::remote(&failure))).await,
    }
}

/// An earlier sign-in was cut off after its keys were stored. If Telegram had agreed to it, it is
/// completed: otherwise a session would stay at Telegram that nobody here knows of.
async fn adopt(
    finish: &Finish<'_>,
    phone: &PhoneNumber,
) -> Result<Option<json::AccountDetail>, AppError> {
    match finish.line.who().await {
        Ok(Some(who)) if who.phone.as_ref() == Some(phone) => {
            (finish.tell)(json::LoginNews::plain("completed"));
            finish.keep(who).await.map(Some)
        }
        Ok(_) => Ok(None),
        Err(error) => finish.act.judged(Err(finish::failed(error))).await,
    }
}

/// A sign-in on a connection.
struct Run<'a> {
    app: &'a App,
    line: &'a dyn SignIn,
    asked: &'a ByPhone<'a>,
    phone: &'a PhoneNumber,
    reserved: &'a Reserved<'a>,
}

/// A code that Telegram was asked for.
struct Requested {
    sent: SentCode,
    at: Timestamp,
    /// Taken by the first look for it.
    paid: Paid,
}

impl Run<'_> {
    async fn drive(&self) -> Result<SignedIn, AppError> {
        let mut flow = LoginFlow::default();
        let mut code = self.request(None).await?;
        let mut step = flow.next(sent_event(&code));
        loop {
            let event = match step {
                LoginStep::RequestCode => {
                    self.app.clock.sleep(APART).await;
                    code = self.request(None).await?;
                    sent_event(&code)
                }
                LoginStep::ResendCode => {
                    self.app.clock.sleep(APART).await;
                    code = self.request(Some(&code.sent)).await?;
                    sent_event(&code)
                }
                LoginStep::AwaitCode => match self.enter_code(&mut code).await? {
                    Told::Event(event) => event,
                    Told::In(who) => return Ok(*who),
                },
                LoginStep::AskPassword => match self.enter_password().await? {
                    Told::Event(event) => event,
                    Told::In(who) => return Ok(*who),
                },
                LoginStep::Keep => return Err(AppError::failed("internal", "nobody is signed in")),
                LoginStep::GiveUp(end) => {
                    // Telegram need not keep it open; whether it hears so makes no difference.
                    let _ = self.line.cancel_code(self.phone, &code.sent).await;
                    return Err(AppError::refused("not_signed_in", end.to_string()).advise(
                        "try again later, or sign in by QR code: `tg account add NAME --qr`",
                    ));
                }
            };
            step = flow.next(event);
        }
    }

    /// Asks for a code, by the next way if there was one before.
    async fn request(&self, before: Option<&SentCode>) -> Result<Requested, AppError> {
        let mut paid = Paid::ahead(self.app, self.asked, self.phone).await?;
        let at = self.app.clock.now();
        let sent = match before {
            None => self.line.send_code(self.phone).await,
            Some(before) => self.line.resend_code(self.phone, before).await,
        };
        let unsent = match &sent {
            Ok(sent) => sent.channel != CodeChannel::Sms,
            Err(LoginError::Failed(failure)) => failure.class != FailureClass::Ambiguous,
            Err(_) => true,
        };
        if unsent {
            std::mem::replace(&mut paid, Paid::Free).turned_out(self.app, 0).await;
        }
        let sent = sent.map_err(finish::failed)?;
        (self.asked.tell)(json::LoginNews::code_sent(&sent));
        Ok(Requested { sent, at, paid })
    }

    async fn enter_code(&self, code: &mut Requested) -> Result<Told, AppError> {
        let request = CodeRequest {
            phone: self.phone.clone(),
            requested_at: code.at,
            channel: code.sent.channel,
            pattern: code.sent.pattern.clone(),
            deadline: code.at,
        };
        let asked = self.asked;
        let wait = Wait { app: self.app, sources: asked.sources, tell: asked.tell };
        let found = match wait.answer(&request, asked.patience, &code.paid).await {
            Waited::Code(found, price) => {
                if let Some(price) = price {
                    let paid = std::mem::replace(&mut code.paid, Paid::Free);
                    paid.turned_out(self.app, price.micros).await;
                }
                found
            }
            Waited::Resend => return Ok(Told::Event(LoginEvent::ResendAsked)),
            Waited::Nothing => return Ok(Told::Event(LoginEvent::NoCode)),
        };
        self.reserved.keep(&self.line.session()).await?;
        match self.line.enter_code(self.phone, &code.sent, &found.code).await {
            Err(LoginError::WrongCode) => Ok(self.news("wrong_code", LoginEvent::WrongCode)),
            Err(LoginError::ExpiredCode) => Ok(self.news("expired_code", LoginEvent::ExpiredCode)),
            answer => told(answer),
        }
    }

    async fn enter_password(&self) -> Result<Told, AppError> {
        let hint = self.line.password_hint().await.map_err(finish::failed)?;
        (self.asked.tell)(json::LoginNews::password_needed(hint.as_deref()));
        let password: Option<SecretString> = self.asked.passwords.password(hint.as_deref()).await;
        let Some(password) = password else {
            return Ok(Told::Event(LoginEvent::NoPassword));
        };
        match self.line.enter_password(&password).await {
            Err(LoginError::WrongPassword) => {
                Ok(self.news("wrong_password", LoginEvent::WrongPassword))
            }
            answer => told(answer),
        }
    }

    fn news(&self, kind: &'static str, event: LoginEvent) -> Told {
        (self.asked.tell)(json::LoginNews::plain(kind));
        Told::Event(event)
    }
}

/// What a step told.
enum Told {
    Event(LoginEvent),
    In(Box<SignedIn>),
}

fn told(answer: Result<LoginAnswer, LoginError>) -> Result<Told, AppError> {
    match answer {
        Ok(LoginAnswer::In(who)) => Ok(Told::In(who)),
        Ok(LoginAnswer::PasswordNeeded) => Ok(Told::Event(LoginEvent::PasswordNeeded)),
        Err(error) => Err(finish::failed(error)),
    }
}

fn sent_event(code: &Requested) -> LoginEvent {
    LoginEvent::CodeSent { another_way: code.sent.next.is_some() }
}
