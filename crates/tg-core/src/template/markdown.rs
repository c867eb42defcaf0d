//! Markdown to plain text with Telegram's entities, offsets in UTF-16 code units.

use super::body::trimmed;
use super::veil::unveil;
use crate::delivery::{Body, Entity, EntityKind};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Levels of a list that are indented further than the one above.
const MAX_INDENT: usize = 8;

/// Renders a document.
pub(super) fn render(source: &str) -> Body {
    let mut out = Writer::default();
    let options = Options::ENABLE_STRIKETHROUGH;
    for event in Parser::new_ext(source, options) {
        out.event(event);
    }
    out.finish()
}

#[derive(Default)]
struct Writer {
    text: String,
    units: u32,
    open: Vec<(u32, EntityKind)>,
    entities: Vec<Entity>,
    lists: Vec<Option<u64>>,
    /// Line breaks owed before the next visible character.
    gap: u8,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(t) | Event::Html(t) | Event::InlineHtml(t) => self.push(&unveil(&t)),
            Event::Code(t) => {
                self.settle_gap();
                let from = self.units;
                self.push(&unveil(&t));
                self.mark(from, EntityKind::Code);
            }
            Event::SoftBreak | Event::HardBreak => self.push("\n"),
            Event::Rule => {
                self.block();
                self.push("———");
                self.gap = 2;
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.block(),
            Tag::Heading { level, .. } => {
                self.block();
                let kind =
                    if level <= HeadingLevel::H3 { EntityKind::Bold } else { EntityKind::Italic };
                self.begin(kind);
            }
            Tag::BlockQuote(_) => {
                self.block();
                self.begin(EntityKind::Quote);
            }
            Tag::CodeBlock(kind) => {
                self.block();
                let language = match kind {
                    CodeBlockKind::Fenced(name) => unveil(&name),
                    CodeBlockKind::Indented => String::new(),
                };
                self.begin(EntityKind::Pre { language });
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.block();
                }
                self.lists.push(first);
            }
            Tag::Item => self.item(),
            Tag::Emphasis => self.begin(EntityKind::Italic),
            Tag::Strong => self.begin(EntityKind::Bold),
            Tag::Strikethrough => self.begin(EntityKind::Strike),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let url = unveil(&dest_url);
                self.begin(EntityKind::Link { url });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.gap = 2,
            TagEnd::Heading(_) | TagEnd::BlockQuote(_) | TagEnd::CodeBlock => {
                self.close();
                self.gap = 2;
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.gap = if self.lists.is_empty() { 2 } else { 1 };
            }
            TagEnd::Item => self.gap = 1,
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image => self.close(),
            _ => {}
        }
    }

    fn item(&mut self) {
        if !self.text.is_empty() {
            self.gap = self.gap.max(1);
        }
        // Deeper lists would be all indentation.
        let depth = self.lists.len().saturating_sub(1).min(MAX_INDENT);
        let bullet = match self.lists.last_mut() {
            Some(Some(n)) => {
                let text = format!("{n}. ");
                *n += 1;
                text
            }
            _ => "• ".to_owned(),
        };
        self.push(&"  ".repeat(depth));
        self.push(&bullet);
    }

    /// A block begins: nothing is owed before the first one, nor right behind a bullet.
    fn block(&mut self) {
        if self.text.is_empty() || self.text.ends_with("• ") || self.text.ends_with(". ") {
            self.gap = 0;
        }
    }

    fn begin(&mut self, kind: EntityKind) {
        self.settle_gap();
        self.open.push((self.units, kind));
    }

    fn close(&mut self) {
        if let Some((from, kind)) = self.open.pop() {
            self.mark(from, kind);
        }
    }

    fn mark(&mut self, offset: u32, kind: EntityKind) {
        let length = self.units - offset;
        if length > 0 {
            self.entities.push(Entity { offset, length, kind });
        }
    }

    fn settle_gap(&mut self) {
        let owed = std::mem::take(&mut self.gap);
        for _ in 0..owed {
            self.text.push('\n');
            self.units += 1;
        }
    }

    fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.settle_gap();
        self.text.push_str(text);
        let units = text.encode_utf16().count();
        self.units = self.units.saturating_add(u32::try_from(units).unwrap_or(u32::MAX));
    }

    fn finish(self) -> Body {
        trimmed(self.text, self.entities)
    }
}
