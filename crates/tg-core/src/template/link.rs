//! What a link may lead to.

/// Schemes that Telegram's apps open (core.telegram.org/api/links, core.telegram.org/api/entities).
const SCHEMES: [&str; 6] = ["http", "https", "tg", "ton", "mailto", "tel"];

/// Whether Telegram keeps a link to this. It drops others without a word: the message would differ
/// from what was sent, and people would get a text that leads nowhere.
pub(super) fn is_kept(url: &str) -> bool {
    let url = url.trim();
    // A space is what fields bring along; apps encode it.
    let strange = |c: char| c.is_control() || (c.is_whitespace() && c != ' ') || is_bidi(c);
    if url.is_empty() || url.contains(strange) {
        return false;
    }
    let Some((scheme, rest)) = url.split_once(':') else { return true };
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    // `example.org:8080` is a host with its port, which Telegram takes for http.
    let port = scheme.contains('.') && rest.starts_with(|c: char| c.is_ascii_digit());
    let known = SCHEMES.iter().any(|one| scheme.eq_ignore_ascii_case(one));
    // What is no scheme before the colon is a path with a colon in it.
    if named { (known && !rest.is_empty()) || port } else { scheme.contains('/') }
}

/// Controls of direction make a link show another host than it leads to.
const fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::is_kept;

    #[test]
    fn what_people_link_to() {
        for url in [
            "https://example.org/?a=b:c",
            "HTTP://example.org",
            "tg://user?id=5",
            "mailto:a@example.org",
            "tel:+4915112345678",
            "example.org",
            "example.org:8080/x",
            "example.org/a:b",
        ] {
            assert!(is_kept(url), "{url}");
        }
    }

    /// From OWASP's filter evasion cheat sheet: what a link must not do.
    #[test]
    fn what_nobody_honest_links_to() {
        for url in [
            "",
            " ",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html;base64,PHNjcmlwdD4=",
            "vbscript:msgbox(1)",
            "file:///etc/passwd",
            "intent://x#Intent;end",
            "https://example.org/\u{202E}gro.live",
            "https:",
        ] {
            assert!(!is_kept(url), "{url:?}");
        }
    }
}
