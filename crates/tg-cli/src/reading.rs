//! A message as its reader would see it: formatting on a terminal, where links lead, files, buttons.

use crate::env;
use crate::text::{clean, clean_lines};
use std::io::IsTerminal;
use tg_app::json;
use tg_core::delivery::{Body, Entity, EntityKind};

/// Whether standard output shows formatting: a terminal that wants colours.
pub(crate) fn is_styled() -> bool {
    std::io::stdout().is_terminal() && env::NO_COLOR.value().is_none()
}

/// What people would read, one below the other.
pub(crate) fn previews(previews: &json::Previews, styled: bool) -> String {
    if previews.previews.is_empty() {
        return format!("nobody is on {}", previews.audience);
    }
    let all: Vec<_> = previews.previews.iter().map(|preview| one(preview, styled)).collect();
    all.join("\n\n")
}

fn one(preview: &json::Preview, styled: bool) -> String {
    let known = [
        preview.lang.clone(),
        preview.variant.as_ref().map(|name| format!("variant {name}")),
        preview.account.as_ref().map(|name| format!("from {name}")),
    ];
    let known: Vec<_> = known.into_iter().flatten().collect();
    let about = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
    let mut out = format!("to {}{about}:", clean(&preview.contact));
    for body in &preview.messages {
        for line in message(body, styled).lines() {
            out.push_str(&format!("\n  {line}"));
        }
    }
    if let Some(error) = &preview.error {
        out.push_str(&format!("\n  nothing: {}", clean(error)));
    }
    out
}

/// One message: its files, its text, its buttons.
fn message(body: &Body, styled: bool) -> String {
    let mut lines: Vec<String> = body
        .media
        .iter()
        .map(|file| format!("[{} {}, {} bytes]", file.kind.as_str(), clean(&file.name), file.size))
        .collect();
    lines.extend(text(body, styled).lines().map(str::to_owned));
    for row in &body.buttons {
        let button =
            |b: &tg_core::delivery::Button| format!("[{} -> {}]", clean(&b.text), clean(&b.url));
        lines.push(row.iter().map(button).collect::<Vec<_>>().join(" "));
    }
    lines.join("\n")
}

/// The text with escape sequences where formatting begins and ends, and each link behind its words.
fn text(body: &Body, styled: bool) -> String {
    let mut out = String::with_capacity(body.text.len() * 2);
    let (mut at, mut run) = (0u32, String::new());
    for c in body.text.chars() {
        if body.entities.iter().any(|e| e.offset == at || e.offset + e.length == at) {
            out.push_str(&clean_lines_kept(&run));
            run.clear();
            turn(&mut out, body, at, styled);
        }
        run.push(c);
        at = at.saturating_add(if c.len_utf16() == 2 { 2 } else { 1 });
    }
    out.push_str(&clean_lines_kept(&run));
    turn(&mut out, body, at, styled);
    out
}

/// Text made harmless, with its line ends, also the last one.
fn clean_lines_kept(text: &str) -> String {
    let end = if text.ends_with('\n') { "\n" } else { "" };
    format!("{}{end}", clean_lines(text))
}

/// Formatting changes here: links that ended are told, then what holds from here on.
fn turn(out: &mut String, body: &Body, at: u32, styled: bool) {
    for entity in body.entities.iter().filter(|e| e.offset + e.length == at) {
        if let EntityKind::Link { url } = &entity.kind {
            out.push_str(&format!(" <{}>", clean(url)));
        }
    }
    if styled {
        out.push_str("\u{1b}[0m");
        let holds = |e: &&Entity| e.offset <= at && at < e.offset + e.length;
        for entity in body.entities.iter().filter(holds) {
            out.push_str(code(&entity.kind));
        }
    }
}

const fn code(kind: &EntityKind) -> &'static str {
    match kind {
        EntityKind::Bold => "\u{1b}[1m",
        EntityKind::Italic => "\u{1b}[3m",
        EntityKind::Underline | EntityKind::Link { .. } => "\u{1b}[4m",
        EntityKind::Strike => "\u{1b}[9m",
        EntityKind::Spoiler => "\u{1b}[7m",
        EntityKind::Code | EntityKind::Pre { .. } | EntityKind::Quote => "\u{1b}[2m",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_is_shown_on_a_terminal_and_links_everywhere() {
        let link = EntityKind::Link { url: "https://example.org".to_owned() };
        let body = Body {
            entities: vec![
                Entity { offset: 3, length: 2, kind: EntityKind::Bold },
                Entity { offset: 6, length: 4, kind: link },
            ],
            ..Body::text("🦊 ab\nhere\u{1b}")
        };
        assert_eq!(text(&body, false), "🦊 ab\nhere <https://example.org>\u{fffd}");
        let styled = text(&body, true);
        assert!(styled.contains("\u{1b}[1mab\u{1b}[0m"), "{styled:?}");
        assert!(styled.contains("\u{1b}[4mhere <https"), "{styled:?}");
    }
}
