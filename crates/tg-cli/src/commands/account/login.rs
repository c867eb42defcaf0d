//! `tg account login`: signs accounts of this home in again.

use super::add::one;
use super::show::human;
use crate::args::account::{Login, Way};
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::guests;
use crate::signing::{self, Parts, Start};
use crate::text::counted;
use crate::wire::{Need, Opened};
use futures_util::StreamExt;
use futures_util::stream;
use tg_app::Permission;
use tg_app::json::AccountLogin;
use tg_app::sign_in::{self, Target};

/// How many sign in at the same time, unattended.
const AT_ONCE: usize = 4;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Login) -> Result<Exit, CliError> {
    let need = Need::of(Permission::AccountLogin, "accounts");
    guests::with(context, need, async |opened, loans| {
        let start = signing::start(args.how.from.as_deref())?;
        Parts::with(context, (opened, loans), &start, !args.unattended, async |parts| {
            if let ([name], false) = (&args.names[..], args.unattended) {
                let detail = again(context, opened, &start, parts, args, name).await?;
                context.printer.result(&detail, human)?;
                return Ok(Exit::Done);
            }
            many(context, opened, &start, parts, args).await
        })
        .await
    })
    .await
}

/// Several, a few at a time if nobody has to be asked, each reported when it is done.
async fn many(
    context: &Context,
    opened: &Opened,
    start: &Start,
    parts: &Parts,
    args: &Login,
) -> Result<Exit, CliError> {
    let names = if args.all {
        sign_in::signed_out(&opened.app, &opened.actor).await?
    } else {
        args.names.clone()
    };
    let at_once = if args.unattended { AT_ONCE } else { 1 };
    let logins = names
        .iter()
        .map(async |name| (name, again(context, opened, start, parts, args, name).await));
    let mut logins = stream::iter(logins).buffer_unordered(at_once);
    let (mut done, mut failed) = (0_u64, 0_u64);
    while let Some((name, result)) = logins.next().await {
        let report = match &result {
            Ok(detail) => AccountLogin::done(detail),
            Err(error) => AccountLogin::failed(name, error.code(), &error.whole()),
        };
        if result.is_ok() {
            done += 1;
        } else {
            failed += 1;
        }
        context.printer.result(&report, line)?;
    }
    context
        .printer
        .note(&format!("{} signed in, {failed} not", counted(done, "account", "accounts")));
    Ok(if failed == 0 { Exit::Done } else { Exit::Failed })
}

fn line(report: &AccountLogin) -> String {
    match &report.error {
        None => format!("{}: signed in", report.name),
        Some(error) => format!("{}: not signed in: {}", report.name, error.message),
    }
}

async fn again(
    context: &Context,
    opened: &Opened,
    start: &Start,
    parts: &Parts,
    args: &Login,
    name: &str,
) -> Result<tg_app::json::AccountDetail, CliError> {
    let known = sign_in::known(&opened.app, name).await?;
    let phone =
        args.how.phone.clone().or_else(|| known.phone.as_ref().map(|own| own.e164().to_owned()));
    let way = match args.how.way() {
        Way::Phone if known.is_bot => Way::Bot,
        way => way,
    };
    if args.unattended && way == Way::Qr {
        return Err(CliError::new(
            Exit::Refused,
            "needs_a_person",
            "somebody has to scan the code",
        ));
    }
    let target = Target::Again(name);
    let done = one(context, opened, start, parts, target, way, phone.as_deref()).await;
    // A running engine need not wait for the others.
    parts.desk().loans.give_back(known.id).await;
    done
}
