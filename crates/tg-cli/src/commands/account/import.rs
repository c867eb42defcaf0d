//! `tg account import`: accounts with the sessions that they have elsewhere.

use crate::args::account::Import;
use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::text::counted;
use crate::wire::{self, Need, Opened};
use crate::{input, typed};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use tg_app::json::AccountImport;
use tg_app::sessions::{Arrival, ImportTerms};
use tg_app::{Permission, accounts, sessions};
use tg_security::{MAX_ACCOUNTS_FILE, SEALED_EXPORT, open_export, parse_session_string};
use tg_store::read_session_file;
use zeroize::Zeroizing;

/// How every SQLite database begins (sqlite.org/fileformat.html#the_database_header).
const SQLITE: &[u8] = b"SQLite format 3\0";

/// What a command line names.
enum Named {
    /// The text of an `accounts.json`.
    List(Zeroizing<Vec<u8>>),
    /// Sessions of other programs.
    Sessions(Vec<Arrival>),
}

/// Runs the verb.
pub(crate) async fn run(context: &Context, args: Import) -> Result<Exit, CliError> {
    let done = wire::with(context, async |open| {
        open.permit(Need::of(Permission::AccountImport, "accounts")).await?;
        let named = read(&args)?;
        let terms = ImportTerms {
            proxy: args.proxy,
            dcs: args.dc.into_iter().collect(),
            pause: context.config.exit_pause.value.0,
        };
        take(context, open, named, terms).await
    })
    .await?;
    context.printer.result(&done, human)?;
    if done.imported > 0 {
        context.printer.note(
            "one session must not be used in two places: end the other program for good before `tg run`",
        );
    }
    Ok(Exit::Done)
}

async fn take(
    context: &Context,
    open: &Opened,
    named: Named,
    terms: ImportTerms,
) -> Result<AccountImport, CliError> {
    let (app, actor) = (&open.app, &open.actor);
    match named {
        Named::List(json) => Ok(accounts::import(app, actor, &json).await?),
        Named::Sessions(arrivals) => {
            let identifier = open.identifier(&context.config);
            Ok(sessions::import(app, actor, arrivals, terms, identifier.as_ref()).await?)
        }
    }
}

fn read(args: &Import) -> Result<Named, CliError> {
    let mut arrivals = Vec::new();
    for file in &args.files {
        if is_sqlite(file) {
            let session = read_session_file(file).map_err(|error| bad(file, &error))?;
            let hint = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            arrivals.push(Arrival { source: input::label(file), name: None, hint, session });
            continue;
        }
        let text = Zeroizing::new(input::read(file, MAX_ACCOUNTS_FILE)?);
        let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
        if matches!(first, Some(b'[' | b'{')) {
            if args.files.len() > 1 || args.name.is_some() || args.proxy.is_some() {
                return Err(CliError::new(
                    Exit::Usage,
                    "accounts_json",
                    format!(
                        "{} is an accounts.json, which names its accounts itself",
                        input::label(file)
                    ),
                )
                .hint("import it alone, without --name and --proxy"));
            }
            return Ok(Named::List(text));
        }
        arrivals.extend(lines(file, &text)?);
    }
    if let Some(name) = &args.name {
        let [one] = arrivals.as_mut_slice() else {
            let message = format!("--name is for one account, and there are {}", arrivals.len());
            return Err(CliError::new(Exit::Usage, "one_name", message)
                .hint("leave it out: names are made of the files' names"));
        };
        one.name = Some(name.clone());
    }
    Ok(Named::Sessions(arrivals))
}

fn is_sqlite(file: &Path) -> bool {
    let mut head = Vec::with_capacity(SQLITE.len());
    !input::is_stdin(file)
        && File::open(file).is_ok_and(|open| open.take(16).read_to_end(&mut head).is_ok())
        && head == SQLITE
}

/// Session strings and sealed exports, one per line.
fn lines(file: &Path, text: &[u8]) -> Result<Vec<Arrival>, CliError> {
    let text = std::str::from_utf8(text).map_err(|_| bad(file, &"it is no text"))?;
    let lines = (1u64..).zip(text.lines().map(str::trim));
    let wanted = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let arrivals: Vec<Arrival> = wanted
        .map(|(number, line)| {
            let (name, text) = match line.split_once([' ', '\t']) {
                Some((name, text)) => (Some(name.to_owned()), text.trim()),
                None => (None, line),
            };
            let source = format!("{}, line {number}", input::label(file));
            one(file, source, name, text)
        })
        .collect::<Result<_, _>>()?;
    if arrivals.is_empty() { Err(bad(file, &"it is empty")) } else { Ok(arrivals) }
}

fn one(file: &Path, source: String, name: Option<String>, text: &str) -> Result<Arrival, CliError> {
    if !text.starts_with(SEALED_EXPORT) {
        let session = parse_session_string(text).map_err(|error| named(&source, &error))?;
        return Ok(Arrival { source, name, hint: None, session });
    }
    if input::is_stdin(file) {
        let message = "a sealed session comes from a file: standard input is for its passphrase";
        return Err(CliError::new(Exit::Usage, "sealed_stdin", message));
    }
    let passphrase = typed::either("passphrase of the sealed session")?;
    let account = open_export(text, &passphrase).map_err(|error| named(&source, &error))?;
    Ok(Arrival::carried(source, name, account)?)
}

fn bad(file: &Path, why: &dyn std::fmt::Display) -> CliError {
    named(&input::label(file), why)
}

/// The content is never quoted: whoever reads it is signed in.
fn named(source: &str, why: &dyn std::fmt::Display) -> CliError {
    CliError::new(Exit::Failed, "session_file", format!("{source}: {why}"))
        .hint("nothing was imported; `tg help account import` says what can be")
}

fn human(done: &AccountImport) -> String {
    let unchanged = match done.unchanged {
        0 => String::new(),
        n => format!("; {} here already", counted(n, "was", "were")),
    };
    let peers = match done.peers {
        0 => String::new(),
        n => format!(", with {} they can write to", counted(n, "person", "people")),
    };
    format!("imported {}{peers}{unchanged}", counted(done.imported, "account", "accounts"))
}
