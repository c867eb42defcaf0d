//! Telegram's subset of HTML to plain text with entities (core.telegram.org/bots/api#html-style).
//!
//! Strict on purpose, and so its own small parser: what Telegram's subset does not know is a fault
//! with a place, where a browser's parser would mend it into something that nobody wrote.

use super::body::{trimmed, units};
use super::veil::unveil;
use crate::delivery::{Body, Entity, EntityKind};

/// What is wrong, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HtmlFault {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Renders a document; whitespace stays as it is written.
pub(super) fn render(source: &str) -> Result<Body, HtmlFault> {
    let mut reader = Reader { source, at: 0, text: String::new(), open: vec![], entities: vec![] };
    while reader.at < source.len() {
        reader.step()?;
    }
    match reader.open.pop() {
        Some(open) => Err(fault(open.at, format!("<{}> is not closed", open.name))),
        None => Ok(trimmed(reader.text, reader.entities)),
    }
}

struct Open {
    name: String,
    at: usize,
    from: u32,
    kind: Option<EntityKind>,
}

struct Reader<'a> {
    source: &'a str,
    at: usize,
    text: String,
    open: Vec<Open>,
    entities: Vec<Entity>,
}

impl<'a> Reader<'a> {
    fn step(&mut self) -> Result<(), HtmlFault> {
        let rest = &self.source[self.at..];
        match rest.find(['<', '&']) {
            None => {
                self.text.push_str(&unveil(rest));
                self.at = self.source.len();
                Ok(())
            }
            Some(0) if rest.starts_with('<') => self.tag(rest),
            Some(0) => self.character(rest),
            Some(length) => {
                self.text.push_str(&unveil(&rest[..length]));
                self.at += length;
                Ok(())
            }
        }
    }

    /// `&lt;` and its like. An ampersand that begins nothing is itself.
    fn character(&mut self, rest: &str) -> Result<(), HtmlFault> {
        let name = rest[1..].split_once(';').map(|(name, _)| name).filter(|name| {
            name.len() <= 10
                && !name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
        });
        let Some(name) = name else {
            self.text.push('&');
            self.at += 1;
            return Ok(());
        };
        let meant = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            _ => numbered(name),
        };
        let known = "Telegram knows &lt; &gt; &amp; &quot; and numbers such as &#8217;";
        self.text
            .push(meant.ok_or_else(|| fault(self.at, format!("&{name}; is unknown: {known}")))?);
        self.at += name.len() + 2;
        Ok(())
    }

    fn tag(&mut self, rest: &'a str) -> Result<(), HtmlFault> {
        if let Some(comment) = rest.strip_prefix("<!--") {
            let length =
                comment.find("-->").ok_or_else(|| fault(self.at, "the comment is not closed"))?;
            self.at += length + "<!---->".len();
            return Ok(());
        }
        let begins = |c: char| c.is_ascii_alphabetic() || c == '/';
        if !rest[1..].starts_with(begins) {
            return Err(fault(self.at, "a < that begins no tag is written &lt;"));
        }
        let end = end_of_tag(rest).ok_or_else(|| fault(self.at, "the tag has no >"))?;
        let inside = &rest[1..end];
        match inside.strip_prefix('/') {
            Some(name) => self.close(name.trim())?,
            None => self.begin(inside)?,
        }
        self.at += end + 1;
        Ok(())
    }

    fn begin(&mut self, inside: &str) -> Result<(), HtmlFault> {
        let split = inside.find(char::is_whitespace).unwrap_or(inside.len());
        let (name, rest) = inside.split_at(split);
        let name = name.to_ascii_lowercase();
        let attributes = attributes(rest).ok_or_else(|| {
            fault(self.at, format!("the attributes of <{name}> are not written as name=\"value\""))
        })?;
        let kind = self.kind(&name, &attributes)?;
        if let Some(outer) = self.open.last().filter(|open| is_verbatim(open.kind.as_ref()))
            && kind.is_some()
        {
            return Err(fault(self.at, format!("<{}> takes no other formatting", outer.name)));
        }
        self.open.push(Open { name, at: self.at, from: units(&self.text), kind });
        Ok(())
    }

    /// What a tag does; `None` for `<code class>` inside of `<pre>`, which names the language.
    fn kind(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
    ) -> Result<Option<EntityKind>, HtmlFault> {
        let value = |wanted: &str| {
            attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, v)| *v)
        };
        let kind = match name {
            "b" | "strong" => EntityKind::Bold,
            "i" | "em" => EntityKind::Italic,
            "u" | "ins" => EntityKind::Underline,
            "s" | "strike" | "del" => EntityKind::Strike,
            "tg-spoiler" => EntityKind::Spoiler,
            "span" if value("class") == Some("tg-spoiler") => EntityKind::Spoiler,
            "blockquote" => EntityKind::Quote,
            "pre" => EntityKind::Pre { language: String::new() },
            "code" => {
                match (self.open.last_mut().and_then(|open| open.kind.as_mut()), value("class")) {
                    (Some(EntityKind::Pre { language }), class) => {
                        let named = class.and_then(|class| class.strip_prefix("language-"));
                        *language = unveil(named.unwrap_or_default());
                        return Ok(None);
                    }
                    _ => EntityKind::Code,
                }
            }
            "a" => match value("href").map(str::trim).filter(|href| !href.is_empty()) {
                Some(href) => EntityKind::Link { url: unescaped(href) },
                None => return Err(fault(self.at, "<a> needs an href")),
            },
            _ => return Err(fault(self.at, format!("<{name}> is no tag that Telegram knows"))),
        };
        Ok(Some(kind))
    }

    fn close(&mut self, name: &str) -> Result<(), HtmlFault> {
        let Some(open) = self.open.pop() else {
            return Err(fault(self.at, format!("</{name}> closes nothing")));
        };
        if !open.name.eq_ignore_ascii_case(name) {
            let message = format!("</{name}> stands where </{}> is due", open.name);
            return Err(fault(self.at, message));
        }
        let length = units(&self.text) - open.from;
        if let Some(kind) = open.kind.filter(|_| length > 0) {
            self.entities.push(Entity { offset: open.from, length, kind });
        }
        Ok(())
    }
}

fn fault(at: usize, message: impl Into<String>) -> HtmlFault {
    HtmlFault { at, message: message.into() }
}

/// Code takes no other formatting (core.telegram.org/bots/api#formatting-options).
const fn is_verbatim(kind: Option<&EntityKind>) -> bool {
    matches!(kind, None | Some(EntityKind::Code | EntityKind::Pre { .. }))
}

fn numbered(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let number = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    // Private characters stand for field values, and control characters for nothing.
    char::from_u32(number).filter(|c| {
        (!c.is_control() || *c == '\n') && !super::veil::is_veiled(c.encode_utf8(&mut [0; 4]))
    })
}

/// Where the `>` of a tag stands: not inside quotes.
fn end_of_tag(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// `name="value"`, `name='value'` and bare names; `None` for anything else.
fn attributes(mut rest: &str) -> Option<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return Some(found);
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = &rest[..end];
        rest = &rest[end..];
        let Some(value) = rest.strip_prefix('=') else {
            found.push((name, ""));
            continue;
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = value[1..].split_once(quote)?;
        found.push((name, value));
        rest = after;
    }
}

/// An attribute's value as it is meant.
fn unescaped(value: &str) -> String {
    let plain = value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    // Last, so that what it uncovers is not read again; and before a field's own characters show.
    unveil(&plain.replace("&amp;", "&"))
}

/// The source with everything that Jinja replaces made into as many letters; lines stay.
pub(super) fn masked(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(begin) = rest.find(['{']) {
        let (before, tag) = rest.split_at(begin);
        out.push_str(before);
        let close = match tag.as_bytes().get(1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => "",
        };
        let length = if close.is_empty() {
            1
        } else {
            tag.find(close).map_or(tag.len(), |at| at + close.len())
        };
        let (hidden, after) = tag.split_at(length);
        // Byte for byte, so that a fault's place in one is its place in the other.
        out.extend(hidden.bytes().map(|byte| if byte == b'\n' { '\n' } else { 'x' }));
        rest = after;
    }
    out.push_str(rest);
    out
}
