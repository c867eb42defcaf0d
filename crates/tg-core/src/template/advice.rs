//! What is no fault and still goes wrong: links that lead elsewhere than meant, texts that are too long.

use super::compile::{fault, links, place_at, split};
use super::{Fault, Format, MAX_CAPTION, MAX_TEXT, Text, buttons, html, markdown};
use std::net::IpAddr;

/// What somebody should look at before this text is sent, by place. Texts with faults get none.
#[must_use]
pub fn advice(text: &Text) -> Vec<Fault> {
    let mut found = Vec::new();
    let limit = if text.media.is_empty() { MAX_TEXT } else { MAX_CAPTION };
    for (n, (first_line, part)) in split(&text.source).into_iter().enumerate() {
        let Ok(end) = buttons::written(part) else { continue };
        let masked = html::masked(&part[..end]);
        let body = match text.format {
            Format::Markdown => markdown::render(&masked),
            Format::Html => match html::render(&masked) {
                Ok(body) => body,
                Err(_) => continue,
            },
            Format::Plain => continue,
        };
        for url in links(&body) {
            // A link that Jinja has a part in is another one for each person.
            let at = part.find(url).filter(|_| !url.contains("xxxxx"));
            if let (Some(at), Some(what)) = (at, doubt(url)) {
                let (line, column) = place_at(part, at);
                found.push(fault(first_line + line, column, &what));
            }
        }
        let units = body.text.encode_utf16().count();
        let most = if n == 0 { limit } else { MAX_TEXT };
        if units > most {
            let what = format!("about {units} characters (UTF-16), Telegram takes {most}");
            found.push(fault(first_line + 1, 1, &what));
        }
    }
    found
}

/// What is doubtful about a link that Telegram keeps.
fn doubt(url: &str) -> Option<String> {
    let lower = url.to_ascii_lowercase();
    let rest = match lower.split_once("://") {
        Some(("https", rest)) => rest,
        Some(("http", _)) => {
            return Some(format!("the link {url} is not encrypted: does it work with https?"));
        }
        Some(_) => return None,
        None if lower.contains(':') => return None,
        None => return Some(format!("the link {url} has no https:// before it")),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let named = host.contains('.') && !host.ends_with('.') && host.parse::<IpAddr>().is_err();
    (!named).then(|| format!("the link {url} leads to no host of the internet"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(source: &str) -> Vec<(usize, usize)> {
        let found = advice(&Text::new(source, Format::Markdown));
        found.into_iter().map(|fault| (fault.line, fault.column)).collect()
    }

    #[test]
    fn links_that_lead_elsewhere_than_meant() {
        assert!(said("[a](https://example.org/x?y#z) [b](tg://user?id=1) {{ city }}").is_empty());
        for (source, place) in [
            ("Hi\n[a](http://example.org)", (2, 5)),
            ("[a](example.org)", (1, 5)),
            ("[a](https://shop/x)", (1, 5)),
            ("[a](https://192.168.0.1/)", (1, 5)),
        ] {
            assert_eq!(said(source), [place], "{source}");
        }
        assert!(said("[a](https://{{ city }}/)").is_empty());
    }

    #[test]
    fn texts_that_cannot_fit() {
        assert_eq!(said(&"x".repeat(4_097)), [(1, 1)]);
        assert!(said(&"x".repeat(4_096)).is_empty());
    }
}
