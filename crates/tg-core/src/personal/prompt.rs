//! The operator's prompt: Jinja over the chosen fields.
//!
//! A field shows up in it as a quoted string, and once more in the data beside it. It is never code
//! for the template; that it is no order for the model either is said in the rules, and what a
//! model makes of it all the same is caught by the checks of its answer.

use super::Ask;
use super::rules::Rules;
use crate::contact::Person;
use crate::template::Fault;
use minijinja::{Environment, UndefinedBehavior, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Most fields that a model is told.
pub const MAX_FIELDS: usize = 16;
/// Longest value that a model is told, in characters; the rest is left out.
const MAX_VALUE: usize = 200;
/// Longest prompt, in bytes, written and rendered.
const MAX_PROMPT: usize = 16 * 1024;
/// Instructions that rendering may take.
const FUEL: u64 = 20_000;
const NAME: &str = "prompt";

/// Why a prompt could not be made for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the prompt failed: {0}")]
pub struct PromptError(String);

/// A compiled prompt.
#[derive(Debug)]
pub struct Prompt {
    environment: Environment<'static>,
    fields: BTreeSet<String>,
    rules: String,
}

impl Prompt {
    /// Compiles a prompt that may use `fields`; `rules` says what is checked of the answers.
    ///
    /// # Errors
    /// What is wrong with it, with its place.
    pub fn compile(source: &str, fields: &[String], rules: &Rules) -> Result<Self, Fault> {
        let fault = |line: usize, message: String| Fault { line, column: 1, message };
        if source.trim().is_empty() {
            return Err(fault(1, "the prompt is empty".to_owned()));
        }
        if source.len() > MAX_PROMPT {
            return Err(fault(1, "the prompt is longer than 16 KiB".to_owned()));
        }
        if let Some((at, message)) = crate::template::too_deep(source) {
            return Err(fault(source[..at].matches('\n').count() + 1, message));
        }
        let mut environment = environment();
        environment.add_template_owned(NAME, source.to_owned()).map_err(|error| {
            let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            fault(error.line().unwrap_or(1), detail)
        })?;
        let used = environment
            .get_template(NAME)
            .map(|template| template.undeclared_variables(false))
            .unwrap_or_default();
        let mut unknown: Vec<&String> = used.iter().filter(|name| !fields.contains(name)).collect();
        unknown.sort();
        if let Some(name) = unknown.first() {
            return Err(fault(1, format!("the field \"{name}\" is not among the chosen ones")));
        }
        Ok(Self { environment, fields: fields.iter().cloned().collect(), rules: rules.told() })
    }

    /// What the model is asked about a person.
    ///
    /// # Errors
    /// If the prompt needs a field that the person does not have, or gets too long.
    pub fn ask(&self, person: &Person) -> Result<Ask, PromptError> {
        let data: BTreeMap<String, String> = self
            .fields
            .iter()
            .filter_map(|name| Some((name.clone(), told(&person.field(name)?))))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        // A standard field that is not known is empty, not missing: `{% if city %}` asks for it.
        let context = Value::from_pairs(
            self.fields
                .iter()
                .filter(|name| person.field(name).is_some())
                .map(|name| (name.clone(), data.get(name).cloned().unwrap_or_default()))
                .map(|(name, value)| (name, Value::from(value))),
        );
        let task = self
            .environment
            .get_template(NAME)
            .and_then(|template| template.render(context))
            .map_err(|error| PromptError(error.kind().to_string()))?;
        if task.len() > MAX_PROMPT {
            return Err(PromptError("it is longer than 16 KiB".to_owned()));
        }
        Ok(Ask { rules: self.rules.clone(), task, data })
    }
}

/// A value without what could hide something in it, and of bounded length.
fn told(value: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    value.chars().filter(|c| !super::rules::is_invisible(*c)).map(plain).take(MAX_VALUE).collect()
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(16);
    environment.add_filter("default", minijinja::filters::default);
    environment.add_filter("lower", minijinja::filters::lower);
    environment.add_filter("upper", minijinja::filters::upper);
    environment.add_test("defined", minijinja::tests::is_defined);
    environment.set_formatter(|out, state, value| {
        if value.is_undefined() {
            return minijinja::escape_formatter(out, state, value);
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        // As a quoted string: quotes and line ends escaped, and the marks around the data as well.
        let quoted = format!("{text:?}").replace('<', "\\u{3c}").replace('>', "\\u{3e}");
        out.write_str(&quoted)?;
        Ok(())
    });
    environment
}
