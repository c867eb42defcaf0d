//! A command line read as the types say, and options of `account tag` behind its tags.
//!
//! `-TAG` takes a tag away, so that whatever follows the first tag is taken for one. No tag begins
//! with two hyphens: what does is an option, and is read as if it stood in front.

use super::account::Account;
use super::{Cli, Command};
use clap::Parser;
use std::ffi::OsString;

/// Reads a command line.
///
/// # Errors
/// Help, the version, or why it is not understood.
pub(crate) fn parse(args: &[OsString]) -> Result<Cli, clap::Error> {
    let cli = Cli::try_parse_from(args)?;
    let Command::Account(Account::Tag(tag)) = &cli.command else { return Ok(cli) };
    let Some(first) = tag.changes.iter().position(|change| change.starts_with("--")) else {
        return Ok(cli);
    };
    // The tags are what the line ends with.
    let (head, tail) = args.split_at(args.len().saturating_sub(tag.changes.len() - first));
    let (options, tags) = parted(tail);
    let (program, verb) = head.split_at(head.len().min(1));
    Cli::try_parse_from([program, &options, verb, &tags].concat())
}

/// Options with their values, and what adds or takes away a tag.
fn parted(args: &[OsString]) -> (Vec<OsString>, Vec<OsString>) {
    let begins = |arg: &OsString, with: &[u8]| arg.as_encoded_bytes().starts_with(with);
    let (mut options, mut tags) = (Vec::new(), Vec::new());
    let mut wants_value = false;
    for arg in args {
        let change = begins(arg, b"+") || (begins(arg, b"-") && !begins(arg, b"--"));
        if begins(arg, b"--") {
            wants_value = !arg.as_encoded_bytes().contains(&b'=');
            options.push(arg.clone());
        } else if wants_value && !change {
            wants_value = false;
            options.push(arg.clone());
        } else {
            wants_value = false;
            tags.push(arg.clone());
        }
    }
    (options, tags)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::config::Format;

    fn read(line: &str) -> Result<Cli, clap::Error> {
        parse(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn options_of_account_tag_stand_where_they_like() {
        for line in [
            "tg account tag anna +a -b --output json",
            "tg account tag anna +a -b --output=json",
            "tg account tag anna +a --output json -b",
            "tg account tag anna --output json +a -b",
            "tg account tag --output json anna +a -b",
            "tg --output json account tag anna +a -b",
        ] {
            let cli = read(line).unwrap();
            assert_eq!(cli.flags().output, Some(Format::Json), "{line}");
            let Command::Account(Account::Tag(tag)) = cli.command else { panic!("{line}") };
            assert_eq!((tag.name.as_str(), tag.changes), ("anna", vec!["+a".into(), "-b".into()]));
        }
        let cli = read("tg account tag anna -b --output json --home /x").unwrap();
        assert_eq!(cli.global.home.as_deref(), Some(std::path::Path::new("/x")));
        for line in [
            "tg account tag anna +a --colour",
            "tg account tag anna +a --output",
            "tg account tag anna +a --output xml",
            "tg account tag anna --output json",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
