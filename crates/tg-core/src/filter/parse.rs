//! From text to a filter. Every error says where it is and what could stand there.

use super::ast::{Comparison, Filter, Flag, MAX_FILTER, Moment, Test, When};
use super::error::FilterError;
use crate::ids::Slug;
use crate::time::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::time::Duration;
use winnow::ascii::multispace0;
use winnow::combinator::{alt, cut_err, delimited, eof, not, opt, separated, terminated};
use winnow::error::{ContextError, ErrMode, FromExternalError, StrContext, StrContextValue};
use winnow::prelude::*;
use winnow::token::{any, one_of, take_while};

/// How deep parentheses and negations may stand in each other.
const MAX_DEPTH: usize = 32;

/// Reads a filter.
///
/// # Errors
/// Says what is wrong, and at which column.
pub fn parse(text: &str) -> Result<Filter, FilterError> {
    if text.len() > MAX_FILTER {
        let problem = format!("a filter has at most {MAX_FILTER} bytes");
        return Err(FilterError::new(text, MAX_FILTER, problem));
    }
    let mut whole = delimited(multispace0, |input: &mut &str| any_of(input, 0), end);
    whole.parse(text).map_err(|error| FilterError::new(text, error.offset(), told(error.inner())))
}

/// What is wrong, in words.
fn told(error: &ContextError) -> String {
    if let Some(cause) = error.cause() {
        return cause.to_string();
    }
    let expected = error.context().find_map(|context| match context {
        StrContext::Expected(StrContextValue::Description(what)) => Some(*what),
        _ => None,
    });
    format!("here should be {}", expected.unwrap_or("something else"))
}

fn expected(what: &'static str) -> StrContext {
    StrContext::Expected(StrContextValue::Description(what))
}

/// A fault that the grammar does not know.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Fault(String);

fn fault(input: &mut &str, text: impl Into<String>) -> ErrMode<ContextError> {
    ErrMode::Cut(ContextError::from_external_error(&*input, Fault(text.into())))
}

fn end(input: &mut &str) -> ModalResult<()> {
    eof.void().context(expected("\"and\", \"or\" or the end")).parse_next(input)
}

fn any_of(input: &mut &str, depth: usize) -> ModalResult<Filter> {
    let mut parts = vec![all_of(input, depth)?];
    while opt(word("or")).parse_next(input)?.is_some() {
        parts.push(all_of(input, depth)?);
    }
    Ok(one_or(parts, Filter::Any))
}

fn all_of(input: &mut &str, depth: usize) -> ModalResult<Filter> {
    let mut parts = vec![part(input, depth)?];
    while opt(word("and")).parse_next(input)?.is_some() {
        parts.push(part(input, depth)?);
    }
    Ok(one_or(parts, Filter::All))
}

fn one_or(mut parts: Vec<Filter>, many: fn(Vec<Filter>) -> Filter) -> Filter {
    if parts.len() == 1 { parts.remove(0) } else { many(parts) }
}

fn part(input: &mut &str, depth: usize) -> ModalResult<Filter> {
    if depth > MAX_DEPTH {
        return Err(fault(input, format!("this is nested deeper than {MAX_DEPTH} levels")));
    }
    if opt(word("not")).parse_next(input)?.is_some() {
        return Ok(Filter::Not(Box::new(part(input, depth + 1)?)));
    }
    if opt(sign("(")).parse_next(input)?.is_some() {
        let inner = any_of(input, depth + 1)?;
        cut_err(sign(")")).context(expected("\"and\", \"or\" or \")\"")).parse_next(input)?;
        return Ok(inner);
    }
    condition(input)
}

fn condition(input: &mut &str) -> ModalResult<Filter> {
    let start = *input;
    let what = "a field, tag, audience, a time such as last_sent, or a word such as replied";
    if let Some(field) = opt(quoted).parse_next(input)? {
        return on_field(input, start, field);
    }
    let name: &str = cut_err(bare).context(expected(what)).parse_next(input)?;
    let is = |flag| Ok(Filter::Test(Test::Is(flag)));
    match name {
        "tag" => slugs(input, Test::Tag),
        "audience" => slugs(input, Test::Audience),
        "consented_at" => time(input, When::ConsentedAt),
        "last_sent" => time(input, When::LastSent),
        "last_answer" => time(input, When::LastAnswer),
        "sent" => is(Flag::Sent),
        "replied" => is(Flag::Replied),
        "consented" => is(Flag::Consented),
        "opted_out" => is(Flag::OptedOut),
        "suppressed" => is(Flag::Suppressed),
        "and" | "or" => {
            *input = start;
            Err(fault(input, format!("here should be {what}")))
        }
        field => on_field(input, start, field.to_owned()),
    }
}

fn on_field<'a>(input: &mut &'a str, start: &'a str, field: String) -> ModalResult<Filter> {
    let shaped = field.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !field.starts_with(|c: char| c.is_ascii_digit());
    if !shaped || field.is_empty() {
        *input = start;
        return Err(fault(input, "a field's name has only the letters a to z, digits and \"_\""));
    }
    if let Some(comparison) = opt(comparison).parse_next(input)? {
        let at = *input;
        let number = value(input)?;
        return match number.parse::<f64>() {
            Ok(value) if value.is_finite() => {
                Ok(Filter::Test(Test::Number { field, comparison, value }))
            }
            _ => {
                *input = at;
                Err(fault(input, "here should be a number: only numbers are smaller or larger"))
            }
        };
    }
    if opt(word("contains")).parse_next(input)?.is_some() {
        let value = value(input)?;
        return Ok(Filter::Test(Test::Contains { field, value }));
    }
    if opt(word("begins")).parse_next(input)?.is_some() {
        let value = value(input)?;
        return Ok(Filter::Test(Test::Begins { field, value }));
    }
    let (negated, values) = choice(input, value)?;
    Ok(negate(negated, Test::Equals { field, values }))
}

fn slugs(input: &mut &str, test: fn(Vec<Slug>) -> Test) -> ModalResult<Filter> {
    let (negated, names) = choice(input, name)?;
    Ok(negate(negated, test(names)))
}

fn negate(negated: bool, test: Test) -> Filter {
    let test = Filter::Test(test);
    if negated { Filter::Not(Box::new(test)) } else { test }
}

/// `= a`, `!= a`, `in (a, b)`, `not in (a, b)`.
fn choice<'a, T>(
    input: &mut &'a str,
    mut one: impl FnMut(&mut &'a str) -> ModalResult<T>,
) -> ModalResult<(bool, Vec<T>)> {
    if let Some(sign) = opt(alt((sign("!="), sign("=")))).parse_next(input)? {
        return Ok((sign == "!=", vec![one(input)?]));
    }
    let negated = opt(word("not")).parse_next(input)?.is_some();
    let what = if negated { "\"in\"" } else { "=, !=, in, contains, begins, <, <=, > or >=" };
    cut_err(word("in")).context(expected(what)).parse_next(input)?;
    cut_err(sign("(")).context(expected("\"(\" and values")).parse_next(input)?;
    let values = separated(1.., |input: &mut &'a str| one(input), sign(",")).parse_next(input)?;
    cut_err(sign(")")).context(expected("\",\" or \")\"")).parse_next(input)?;
    Ok((negated, values))
}

fn time(input: &mut &str, when: When) -> ModalResult<Filter> {
    let comparison = cut_err(comparison).context(expected("<, <=, > or >=")).parse_next(input)?;
    let start = *input;
    let text = value(input)?;
    let moment = if opt(word("ago")).parse_next(input)?.is_some() {
        span(&text).map(Moment::Ago)
    } else {
        calendar(&text).map(Moment::At)
    };
    let Some(moment) = moment else {
        *input = start;
        return Err(fault(
            input,
            "here should be a time such as 2026-10-03, 2026-10-03T10:00:00Z or \"30d ago\"",
        ));
    };
    Ok(Filter::Test(Test::Time { when, comparison, moment }))
}

/// A number of seconds, minutes, hours, days or weeks.
fn span(text: &str) -> Option<Duration> {
    let unit = text.chars().last()?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let count: u32 = text.strip_suffix(unit)?.parse().ok()?;
    Some(Duration::from_secs(u64::from(count).saturating_mul(seconds)))
}

fn calendar(text: &str) -> Option<Timestamp> {
    let at = text.parse::<jiff::Timestamp>().ok().or_else(|| {
        // A date reads from the beginning of longer texts, too: a time without its zone is none.
        let date: Date = text.parse().ok().filter(|_| !text.contains(['T', 't', ':']))?;
        Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    Some(Timestamp(at.as_millisecond()))
}

fn comparison(input: &mut &str) -> ModalResult<Comparison> {
    alt((
        sign("<=").value(Comparison::AtMost),
        sign(">=").value(Comparison::AtLeast),
        sign("<").value(Comparison::Less),
        sign(">").value(Comparison::Greater),
    ))
    .parse_next(input)
}

fn name(input: &mut &str) -> ModalResult<Slug> {
    let start = *input;
    let text = value(input)?;
    Slug::parse(&text).map_err(|error| {
        *input = start;
        fault(input, error.to_string())
    })
}

fn value(input: &mut &str) -> ModalResult<String> {
    cut_err(alt((quoted, bare.map(str::to_owned)))).context(expected("a value")).parse_next(input)
}

/// A text that needs no quotes.
fn bare<'a>(input: &mut &'a str) -> ModalResult<&'a str> {
    terminated(take_while(1.., is_bare), multispace0).parse_next(input)
}

/// A text in double or single quotes; a backslash takes the next character as it is.
fn quoted(input: &mut &str) -> ModalResult<String> {
    let quote: char = one_of(['"', '\'']).parse_next(input)?;
    let mut text = String::new();
    loop {
        let next: Option<char> = opt(any).parse_next(input)?;
        match next {
            Some(c) if c == quote => break,
            Some('\\') => {
                text.push(cut_err(any).context(expected("a closing quote")).parse_next(input)?);
            }
            Some(c) => text.push(c),
            None => return Err(fault(input, format!("here should be the closing {quote}"))),
        }
    }
    multispace0.parse_next(input)?;
    Ok(text)
}

/// Characters of a value that needs no quotes.
fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || "_-.:+@/".contains(c)
}

/// A word of the language, not the beginning of a longer one.
fn word<'a>(text: &'static str) -> impl ModalParser<&'a str, &'a str, ContextError> {
    terminated(text, (not(one_of(is_bare)), multispace0))
}

fn sign<'a>(text: &'static str) -> impl ModalParser<&'a str, &'a str, ContextError> {
    terminated(text, multispace0)
}
