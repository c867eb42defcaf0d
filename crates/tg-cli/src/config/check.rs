//! Every fault of the settings at once, each with its line: what `tg config validate` says.

use super::file::{self, Layer};
use super::layers::Config;
use crate::env::{self, Variable};
use crate::error::CliError;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// Something in the settings that is not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where: a line of the file, from 1; `None` for the environment.
    pub(crate) line: Option<usize>,
    /// What: the setting as `section.key`, or the variable; empty for what is no TOML at all.
    pub(crate) key: String,
    /// What is wrong with it.
    pub(crate) message: String,
}

/// All faults of the file, in order of lines, then those of the environment.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn faults(path: &Path) -> Result<Vec<Fault>, CliError> {
    let mut faults = match file::read(path)? {
        Some(text) => in_text(&text),
        None => Vec::new(),
    };
    faults.extend(in_environment(&Variable::text));
    Ok(faults)
}

fn in_text(text: &str) -> Vec<Fault> {
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let message = error.message().to_owned();
            return vec![Fault { line: Some(line(text, at)), key: String::new(), message }];
        }
    };
    let mut faults = Vec::new();
    for (name, value) in table.get_ref() {
        let here = name.span().start;
        match value.get_ref() {
            DeValue::Table(section) if is_known(name.get_ref()) => {
                for (key, value) in section {
                    let written = raw(text, value.span(), value.get_ref());
                    let alone = format!(
                        "[{}]\n{} = {written}",
                        quoted(name.get_ref()),
                        quoted(key.get_ref())
                    );
                    let place = (key.span().start, format!("{}.{}", name.get_ref(), key.get_ref()));
                    faults.extend(judge(&alone, place, text));
                }
            }
            DeValue::Array(_) => {
                let message = "no setting is a list".to_owned();
                faults.push(Fault {
                    line: Some(line(text, here)),
                    key: name.get_ref().to_string(),
                    message,
                });
            }
            other => {
                let alone =
                    format!("{} = {}", quoted(name.get_ref()), raw(text, value.span(), other));
                faults.extend(judge(&alone, (here, name.get_ref().to_string()), text));
            }
        }
    }
    faults.sort_by_key(|fault| fault.line);
    faults
}

/// One setting by itself, read as the program reads it: one way to be right.
fn judge(alone: &str, (at, key): (usize, String), text: &str) -> Option<Fault> {
    let error = toml::from_str::<Layer>(alone).err()?;
    Some(Fault { line: Some(line(text, at)), key, message: error.message().to_owned() })
}

fn is_known(section: &str) -> bool {
    toml::from_str::<Layer>(&format!("[{}]", quoted(section))).is_ok()
}

/// A value as it is written. No setting is a table or a list: what is in them does not matter.
fn raw<'a>(text: &'a str, span: std::ops::Range<usize>, value: &DeValue<'_>) -> &'a str {
    match value {
        DeValue::Table(_) => "{}",
        DeValue::Array(_) => "[]",
        _ => text.get(span).unwrap_or("{}"),
    }
}

fn quoted(key: &str) -> String {
    toml::Value::String(key.to_owned()).to_string()
}

fn line(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Each variable by itself, so that one fault does not hide another.
fn in_environment(ask: &dyn Fn(&Variable) -> Result<Option<String>, CliError>) -> Vec<Fault> {
    let alone = |wanted: &Variable| {
        Config::of_environment(&|variable| {
            if variable == wanted { ask(variable) } else { Ok(None) }
        })
        .err()
    };
    env::ALL
        .into_iter()
        .filter_map(|variable| {
            let message = alone(variable)?.message().to_owned();
            Some(Fault { line: None, key: variable.name.to_owned(), message })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(usize, String)> {
        in_text(text).into_iter().map(|fault| (fault.line.unwrap_or(0), fault.key)).collect()
    }

    #[test]
    fn all_faults_are_found_with_their_lines() {
        let text = "output = \"yaml\"\ncolour = true\n\n[run]\ngrace = \"soon\"\ngrase = \"5s\"\n\
                    workers = 900\nin_flight = 8\n[telegram]\napi_id = \"x\"\n[more]\nx = 1\n\
                    [run.deep]\ny = 2\n";
        assert_eq!(
            told(text),
            [
                (1, "output".to_owned()),
                (2, "colour".to_owned()),
                (5, "run.grace".to_owned()),
                (6, "run.grase".to_owned()),
                (7, "run.workers".to_owned()),
                (10, "telegram.api_id".to_owned()),
                (11, "more".to_owned()),
                (13, "run.deep".to_owned()),
            ]
        );
        let faults = in_text(text);
        assert!(faults[3].message.contains("unknown field `grase`"), "{faults:?}");
        assert!(faults[4].message.contains("from 1 to 64"), "{faults:?}");
    }

    #[test]
    fn what_is_right_has_no_fault_however_it_is_written() {
        assert_eq!(told(""), []);
        assert_eq!(told(&file::commented()), []);
        assert_eq!(told(file::DEFAULTS), []);
        assert_eq!(told("run.grace = \"5s\"\nstore = { readers = 3 }\n\"output\" = 'json'\n"), []);
    }

    #[test]
    fn what_is_no_toml_or_no_section_names_its_line() {
        assert_eq!(told("output = \"json\"\n[run\n"), [(2, String::new())]);
        assert_eq!(told("\nrun = 5\n"), [(2, "run".to_owned())]);
        assert_eq!(told("[[run]]\ngrace = \"1s\"\n"), [(1, "run".to_owned())]);
    }

    #[test]
    fn each_variable_is_judged_by_itself() {
        let wrong = |variable: &Variable| {
            let bad = *variable == env::GRACE || *variable == env::READERS;
            Ok(bad.then(|| "soon".to_owned()))
        };
        let faults = in_environment(&wrong);
        let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
        assert_eq!(keys, [env::GRACE.name, env::READERS.name]);
        assert!(faults[0].message.contains("not a span of time"), "{faults:?}");
    }
}
