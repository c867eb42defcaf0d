//! Compiling, checking and rendering.

use super::body::trimmed;
use super::environment::environment;
use super::{
    Format, MAX_CAPTION, MAX_TEXT, PART_SEPARATOR, buttons, depth, html, link, markdown, veil,
};
use crate::contact::Person;
use crate::delivery::{Body, EntityKind, MAX_ALBUM, Media};
use minijinja::{Environment, Value};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::io;

/// Bytes that rendering one part may write, before Markdown: room for a full message of veiled
/// (4-byte) characters with markup.
const MAX_OUTPUT: usize = 128 * 1024;
/// Bytes of one part's text and markup, without what fields put in: eight times what a message
/// holds. Reading Markdown takes time that grows with the square of some nonsense.
const MAX_MARKUP: usize = 32 * 1024;
/// Parts that one template may have.
const MAX_PARTS: usize = 10;

/// A fault in a template's source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

/// Why a template gave no message for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A field that the template needs is missing, a filter failed, it ran too long.
    #[error("the template failed: {0}")]
    Failed(String),
    /// Nothing is left to send.
    #[error("the message is empty")]
    Empty,
    /// A link that Telegram would drop without a word.
    #[error("a link leads to nothing that Telegram opens (https, tg, mailto, tel)")]
    Link,
    /// More than Telegram takes in one message.
    #[error("the message has {0} characters (UTF-16), Telegram takes {MAX_TEXT}")]
    TooLong(usize),
    /// More than Telegram takes below files.
    #[error("the text below the file has {0} characters (UTF-16), Telegram takes {MAX_CAPTION}")]
    CaptionTooLong(usize),
    /// A button that is none any more once the fields are in.
    #[error("a button cannot be made: {0}")]
    Button(String),
}

/// A compiled template.
#[derive(Debug)]
pub struct Template {
    environment: Environment<'static>,
    parts: Vec<String>,
    fields: BTreeSet<String>,
    format: Format,
    /// Files of the first message.
    media: Vec<Media>,
    /// Whether any message has buttons, which only bots send.
    has_buttons: bool,
}

impl Template {
    /// Compiles a template that is written in Markdown.
    ///
    /// # Errors
    /// The faults, each with its place.
    pub fn compile(source: &str) -> Result<Self, Vec<Fault>> {
        Self::compile_as(source, Format::Markdown)
    }

    /// Compiles a template's source.
    ///
    /// # Errors
    /// The faults, each with its place.
    pub fn compile_as(source: &str, format: Format) -> Result<Self, Vec<Fault>> {
        let mut environment = environment();
        let mut parts = Vec::new();
        let mut fields = BTreeSet::new();
        let mut faults = Vec::new();
        for (first_line, text) in split(source) {
            if veil::is_veiled(text) {
                faults.push(fault(first_line + 1, 1, "private-use characters are not allowed"));
                continue;
            }
            if text.len() > MAX_MARKUP {
                faults.push(fault(first_line + 1, 1, "the message is longer than 32 KiB"));
                continue;
            }
            if let Some((at, message)) = depth::too_deep(text) {
                let (line, column) = place_at(text, at);
                faults.push(fault(first_line + line, column, &message));
                continue;
            }
            let name = parts.len().to_string();
            if let Err(error) = environment.add_template_owned(name.clone(), text.to_owned()) {
                faults.push(syntax_fault(&error, first_line, text));
                continue;
            }
            if let Some((at, message)) = markup_fault(text, format) {
                let (line, column) = place_at(text, at);
                faults.push(fault(first_line + line, column, &message));
            }
            if let Ok(template) = environment.get_template(&name) {
                fields.extend(template.undeclared_variables(false));
            }
            parts.push(name);
        }
        if source.trim().is_empty() {
            faults.push(fault(1, 1, "the template is empty"));
        }
        if parts.len() > MAX_PARTS {
            faults.push(fault(1, 1, "the template has more than 10 messages"));
        }
        if faults.is_empty() {
            let has_buttons = source.contains(buttons::MARK);
            Ok(Self { environment, parts, fields, format, media: Vec::new(), has_buttons })
        } else {
            Err(faults)
        }
    }

    /// The same with files, which the first message is sent with.
    ///
    /// # Errors
    /// The faults, each with its place.
    pub fn compile_with(source: &str, format: Format, media: &[Media]) -> Result<Self, Vec<Fault>> {
        let mut template = if source.trim().is_empty() && !media.is_empty() {
            Self::without_text(format)
        } else {
            Self::compile_as(source, format)?
        };
        if let Some(what) = album_fault(source, media) {
            return Err(vec![fault(1, 1, &what)]);
        }
        template.media = media.to_vec();
        Ok(template)
    }

    /// Files alone: one message, which says nothing.
    fn without_text(format: Format) -> Self {
        Self {
            environment: environment(),
            parts: vec![String::new()],
            fields: BTreeSet::new(),
            format,
            media: Vec::new(),
            has_buttons: false,
        }
    }

    /// Whether any message has buttons, which only bots send.
    #[must_use]
    pub const fn has_buttons(&self) -> bool {
        self.has_buttons
    }

    /// The fields that it uses.
    #[must_use]
    pub const fn fields(&self) -> &BTreeSet<String> {
        &self.fields
    }

    /// Faults that only show beside a list of known fields: each use of another name.
    #[must_use]
    pub fn unknown_fields(&self, source: &str, known: &[&str]) -> Vec<Fault> {
        self.fields
            .iter()
            .filter(|field| !known.contains(&field.as_str()))
            .map(|field| {
                let (line, column) = place_of(source, field);
                fault(line, column, &format!("unknown field \"{field}\""))
            })
            .collect()
    }

    /// Renders all parts for a person.
    ///
    /// # Errors
    /// If any part cannot be sent as it is.
    pub fn render(&self, person: &Person) -> Result<Vec<Body>, RenderError> {
        let context = Value::from_pairs(
            self.fields
                .iter()
                .filter_map(|name| Some((name.clone(), Value::from(person.field(name)?)))),
        );
        let mut files = self.media.as_slice();
        self.parts
            .iter()
            .map(|name| self.render_part(name, &context, std::mem::take(&mut files)))
            .collect()
    }

    fn render_part(
        &self,
        name: &str,
        context: &Value,
        media: &[Media],
    ) -> Result<Body, RenderError> {
        let source = if name.is_empty() { String::new() } else { self.filled(name, context)? };
        let (text, buttons) =
            buttons::split(&source).map_err(|(_, why)| RenderError::Button(why))?;
        let body = match self.format {
            Format::Markdown => markdown::render(text),
            Format::Html => html::render(text).map_err(|e| RenderError::Failed(e.message))?,
            Format::Plain => trimmed(veil::unveil(text), Vec::new()),
        };
        let units = body.text.encode_utf16().count();
        match units {
            0 if media.is_empty() => Err(RenderError::Empty),
            _ if units > MAX_TEXT => Err(RenderError::TooLong(units)),
            _ if units > MAX_CAPTION && !media.is_empty() => {
                Err(RenderError::CaptionTooLong(units))
            }
            _ if links(&body).any(|url| !link::is_kept(url)) => Err(RenderError::Link),
            _ => Ok(Body { media: media.to_vec(), buttons, ..body }),
        }
    }

    /// A part's source with the fields in it, veiled.
    fn filled(&self, name: &str, context: &Value) -> Result<String, RenderError> {
        let failed = |e: minijinja::Error| RenderError::Failed(explain(&e));
        let template = self.environment.get_template(name).map_err(failed)?;
        let mut out = Bounded::default();
        template.render_captured_to(context, &mut out).map_err(failed)?;
        let source = String::from_utf8(out.0)
            .map_err(|_| RenderError::Failed("the output is not UTF-8".to_owned()))?;
        if veil::bare_length(&source) > MAX_MARKUP {
            return Err(RenderError::Failed("the output is too long".to_owned()));
        }
        Ok(source)
    }
}

/// Why a template cannot have these files.
fn album_fault(source: &str, media: &[Media]) -> Option<String> {
    let first = split(source).first().map_or("", |(_, text)| text);
    let mixed = media.iter().zip(media.iter().skip(1)).any(|(one, other)| one.kind != other.kind);
    if media.len() > MAX_ALBUM {
        Some(format!("an album has at most {MAX_ALBUM} files"))
    } else if media.len() > 1 && first.contains(buttons::MARK) {
        Some("an album cannot have buttons".to_owned())
    } else if mixed {
        Some("an album is of photos or of documents, not of both".to_owned())
    } else {
        None
    }
}

/// The first fault in a part's markup as it is written, whoever it will be rendered for: the byte, and
/// what is wrong. What Jinja will replace counts as text.
fn markup_fault(text: &str, format: Format) -> Option<(usize, String)> {
    let said = match buttons::written(text) {
        Ok(end) => html::masked(&text[..end]),
        Err(fault) => return Some(fault),
    };
    let body = match format {
        Format::Plain => return None,
        Format::Markdown => markdown::render(&said),
        Format::Html => match html::render(&said) {
            Ok(body) => body,
            Err(fault) => return Some((fault.at, fault.message)),
        },
    };
    // A link that Jinja has a part in is judged when it is whole.
    let at = links(&body).filter(|url| !link::is_kept(url)).find_map(|url| text.find(url))?;
    Some((at, RenderError::Link.to_string()))
}

pub(super) fn links(body: &Body) -> impl Iterator<Item = &str> {
    body.entities.iter().filter_map(|entity| match &entity.kind {
        EntityKind::Link { url } => Some(url.as_str()),
        _ => None,
    })
}

/// The messages of a source with the number of lines before each.
pub(super) fn split(source: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut first_line, mut begin, mut at) = (0, 0, 0);
    for (n, line) in source.split_inclusive('\n').enumerate() {
        if line.trim() == PART_SEPARATOR {
            parts.push((first_line, &source[begin..at]));
            (first_line, begin) = (n + 1, at + line.len());
        }
        at += line.len();
    }
    parts.push((first_line, &source[begin..]));
    parts
}

pub(super) fn fault(line: usize, column: usize, message: &str) -> Fault {
    Fault { line, column, message: message.to_owned() }
}

fn syntax_fault(error: &minijinja::Error, first_line: usize, text: &str) -> Fault {
    let line = error.line().unwrap_or(1);
    let column = error
        .range()
        .and_then(|range| text.get(..range.start))
        .map_or(1, |before| before.chars().rev().take_while(|c| *c != '\n').count() + 1);
    fault(first_line + line, column, &explain(error))
}

/// Line and column of a byte, from 1.
pub(super) fn place_at(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    (line, before.chars().rev().take_while(|c| *c != '\n').count() + 1)
}

/// One sentence without the template's internal name.
fn explain(error: &minijinja::Error) -> String {
    let mut out = error.kind().to_string();
    if let Some(detail) = error.detail() {
        let _ = write!(out, ": {detail}");
    }
    out
}

/// Line and column of the first use of a field inside a tag.
fn place_of(source: &str, field: &str) -> (usize, usize) {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    for (n, line) in source.lines().enumerate() {
        let mut from = 0;
        while let Some(found) = line[from..].find(field).map(|at| at + from) {
            let before = line[..found].chars().next_back();
            let after = line[found + field.len()..].chars().next();
            let opened = line[..found].rfind("{{").max(line[..found].rfind("{%"));
            let closed = line[..found].rfind("}}").max(line[..found].rfind("%}"));
            if !before.is_some_and(word) && !after.is_some_and(word) && opened > closed {
                return (n + 1, line[..found].chars().count() + 1);
            }
            from = found + field.len();
        }
    }
    (1, 1)
}

/// A buffer that refuses to grow past [`MAX_OUTPUT`].
#[derive(Default)]
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT {
            return Err(io::Error::other("the output is too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
