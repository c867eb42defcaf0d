//! `tg proxy add`: proxies, one or a file of them.

use crate::args::proxy::Add;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::counted;
use crate::wire::{self, Need};
use crate::{input, typed};
use std::path::Path;
use tg_app::Permission;
use tg_app::json::ProxyAdd;
use tg_app::proxies::{self, NewProxy};

/// No list of proxies is longer, in bytes.
const MAX_FILE: usize = 4 << 20;

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: &Add) -> Result<Exit, CliError> {
    let done = wire::with(context, async |open| {
        open.permit(Need::of(Permission::ProxyAdd, "proxies")).await?;
        let proxies = match (&args.file, &args.name, &args.address) {
            (Some(file), _, _) => listed(file)?,
            (None, Some(name), Some(address)) => vec![typed(name, address)?],
            _ => return Err(CliError::new(Exit::Usage, "usage", "name a proxy and its address")),
        };
        Ok(proxies::add(&open.app, &open.actor, proxies).await?)
    })
    .await?;
    let one = args.file.is_none();
    // Whoever adds one proxy is told why not; whoever adds a list gets a list.
    if let (true, Some(rejected)) = (one, done.rejected.first()) {
        return Err(CliError::new(Exit::Refused, "bad_proxy", rejected.reason.clone())
            .hint("tg help proxy add"));
    }
    context.printer.result(&done, human)?;
    Ok(Exit::Done)
}

/// One proxy, from the command line; its password from wherever secrets come.
fn typed(name: &str, address: &str) -> Result<NewProxy, CliError> {
    let credentials = address.rsplit_once('@').map(|(head, _)| head);
    let user = credentials.map(|head| head.split_once("://").map_or(head, |(_, user)| user));
    if user.is_some_and(|user| user.contains(':'))
        || address.split(':').count() == 4 && user.is_none()
    {
        return Err(CliError::new(
            Exit::Usage,
            "password_in_argument",
            "a password on the command line is seen by everybody on this machine",
        )
        .hint(
            "leave it out (socks5://USER@HOST:PORT): it is asked for, or read from standard input",
        ));
    }
    let password = user.map(|_| typed::either("proxy password")).transpose()?;
    Ok(NewProxy { line: 1, name: Some(name.to_owned()), text: address.to_owned(), password })
}

/// One per line; empty lines and those that begin with `#` are passed over.
fn listed(file: &Path) -> Result<Vec<NewProxy>, CliError> {
    let text = input::read_text(file, MAX_FILE)?;
    let lines = (1u64..).zip(text.lines().map(str::trim));
    let wanted = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    Ok(wanted
        .map(|(line, text)| {
            let (name, text) = match text.split_once([' ', '\t']) {
                Some((name, address)) => (Some(name.to_owned()), address.trim()),
                None => (None, text),
            };
            NewProxy { line, name, text: text.to_owned(), password: None }
        })
        .collect())
}

fn human(done: &ProxyAdd) -> String {
    let added = u64::try_from(done.added.len()).unwrap_or(u64::MAX);
    let mut out = format!("added {}", counted(added, "proxy", "proxies"));
    if added == 1 {
        out.push_str(&format!(": {}", done.added.join(" ")));
    }
    for rejected in &done.rejected {
        out.push_str(&format!("\nline {}: {}", rejected.line, rejected.reason));
    }
    out
}
