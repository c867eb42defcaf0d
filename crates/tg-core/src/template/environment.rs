//! What a template may do: text filters and nothing that reaches outside.

use super::veil;
use minijinja::{Environment, UndefinedBehavior};

/// Instructions that rendering one part may take: some hundred times what a letter needs.
const FUEL: u64 = 50_000;

/// An environment without templates.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(32);
    // Text filters only: nothing that makes long output from short input, or reaches outside.
    environment.add_filter("capitalize", minijinja::filters::capitalize);
    environment.add_filter("default", minijinja::filters::default);
    environment.add_filter("d", minijinja::filters::default);
    environment.add_filter("first", minijinja::filters::first);
    environment.add_filter("int", minijinja::filters::int);
    environment.add_filter("length", minijinja::filters::length);
    environment.add_filter("lower", minijinja::filters::lower);
    environment.add_filter("replace", replace);
    environment.add_filter("title", minijinja::filters::title);
    environment.add_filter("trim", minijinja::filters::trim);
    environment.add_filter("upper", minijinja::filters::upper);
    environment.add_test("defined", minijinja::tests::is_defined);
    environment.add_test("undefined", minijinja::tests::is_undefined);
    environment.set_formatter(|out, state, value| {
        if value.is_undefined() {
            return minijinja::escape_formatter(out, state, value);
        }
        match value.as_str() {
            Some(text) => veil::veil(out, text)?,
            None => veil::veil(out, &value.to_string())?,
        }
        Ok(())
    });
    environment
}

/// `replace`, which does not make long text from short: the engine's own reckons without fuel.
fn replace(text: String, from: String, to: String) -> Result<String, minijinja::Error> {
    const LONGEST: usize = 16 * 1024;
    let found = text.matches(&from).count();
    if text.len().saturating_add(found.saturating_mul(to.len())) > LONGEST {
        let kind = minijinja::ErrorKind::InvalidOperation;
        return Err(minijinja::Error::new(kind, "the replaced text is too long"));
    }
    Ok(text.replace(&from, &to))
}
