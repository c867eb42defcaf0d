//! `tg account add`: signs an account in, by phone, by QR code, or a bot by its token.

use super::show::human;
use crate::args::account::{Add, Way};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::guests;
use crate::signing::{self, Parts, Start};
use crate::texts;
use crate::wire::{Need, Opened};
use tg_app::Permission;
use tg_app::json::{AccountDetail, LoginNews};
use tg_app::sign_in::{self, ByPhone, Target};

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Add) -> Result<Exit, CliError> {
    let need = Need::of(Permission::AccountAdd, "account").named(&args.name);
    let detail = guests::with(context, need, async |opened, loans| {
        let start = signing::start(args.how.from.as_deref())?;
        Parts::with(context, (opened, loans), &start, true, async |parts| {
            let target = Target::New { name: &args.name, proxy: args.proxy.as_deref() };
            let phone = args.how.phone.as_deref();
            one(context, opened, &start, parts, target, args.how.way(), phone).await
        })
        .await
    })
    .await?;
    context.printer.result(&detail, human)?;
    Ok(Exit::Done)
}

/// One sign-in, in the way that was asked for; by phone if none was.
pub(super) async fn one(
    context: &Context,
    opened: &Opened,
    start: &Start,
    parts: &Parts,
    target: Target<'_>,
    way: Way,
    phone: Option<&str>,
) -> Result<AccountDetail, CliError> {
    let name = target.name();
    let tell = move |news: LoginNews| signing::show(context, name, &news);
    let (app, actor, desk) = (&opened.app, &opened.actor, parts.desk());
    let session = start.session(phone, name, way == Way::Bot)?;
    let passwords = parts.passwords(opened, name).await?;
    let done = match way {
        Way::Qr => sign_in::by_qr(app, actor, desk, target, &session, &passwords, &tell).await,
        Way::Bot => {
            let token = parts.bot_token(opened, name).await?.ok_or_else(unasked)?;
            sign_in::by_bot_token(app, actor, desk, target, &session, &token, &tell).await
        }
        Way::Phone => {
            let phone = phone.ok_or_else(|| {
                CliError::new(
                    Exit::Usage,
                    "no_phone",
                    format!("the number of \"{name}\" is not known"),
                )
                .hint("name it with --phone, or sign in with --qr")
            })?;
            let asked = ByPhone {
                target,
                phone,
                start: &session,
                sources: &parts.sources,
                patience: context.config.code_wait.value.0,
                budget: texts::budget(&context.config),
                passwords: &passwords,
                tell: &tell,
            };
            sign_in::by_phone(app, actor, desk, asked).await
        }
    };
    Ok(done?)
}

fn unasked() -> CliError {
    CliError::new(Exit::Failed, "no_token", "nobody entered a token")
        .hint("@BotFather gives it out; it is read from the terminal or standard input")
}
