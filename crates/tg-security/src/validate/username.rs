//! Telegram usernames in the forms in which lists and people write them.

use tg_core::peer::{Username, UsernameError};

/// Why a text names no Telegram user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsernameFault {
    /// It breaks a rule for usernames.
    #[error(transparent)]
    Shape(#[from] UsernameError),
    /// A link, but not to a person.
    #[error("not a link to a user: only t.me/name is")]
    Link,
}

/// Hosts whose first path segment is a username (core.telegram.org/api/links).
const HOSTS: [&str; 3] = ["t.me", "telegram.me", "telegram.dog"];

/// Reads `name`, `@name`, `t.me/name` or `https://t.me/name`.
///
/// # Errors
/// Says which rule the name breaks, or that the link leads elsewhere.
pub fn parse_username(text: &str) -> Result<Username, UsernameFault> {
    let text = text.trim();
    if let Some(name) = text.strip_prefix('@') {
        return Ok(Username::parse(name)?);
    }
    if !text.contains(['/', ':']) {
        return Ok(Username::parse(text)?);
    }
    let rest = strip_scheme(text).ok_or(UsernameFault::Link)?;
    let (host, path) = rest.split_once('/').ok_or(UsernameFault::Link)?;
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    if !HOSTS.contains(&host) {
        return Err(UsernameFault::Link);
    }
    let name = path.split(['?', '#']).next().unwrap_or_default();
    let name = name.strip_suffix('/').unwrap_or(name);
    // An invitation (`+hash`, `joinchat/hash`), a message (`name/5`), a phone number (`+49…`).
    if name.is_empty() || name.contains('/') || name.starts_with('+') {
        return Err(UsernameFault::Link);
    }
    Ok(Username::parse(name)?)
}

/// The text after `http://` or `https://`, or all of it if there is no scheme.
fn strip_scheme(text: &str) -> Option<&str> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return Some(text);
    };
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    web.then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for good in [
            "Ann_1984",
            " @Ann_1984 ",
            "t.me/Ann_1984",
            "https://t.me/Ann_1984",
            "HTTPS://T.ME/Ann_1984/",
            "http://www.telegram.me/Ann_1984?start=x",
        ] {
            assert_eq!(parse_username(good).map(|u| u.as_str().to_owned()), Ok("Ann_1984".into()));
        }
        for bad in [
            "https://example.com/Ann_1984",
            "https://t.me.example.com/Ann_1984",
            "https://t.me@example.com/Ann_1984",
            "https://t.me",
            "https://t.me/",
            "t.me/joinchat/AAAA",
            "t.me/+AbCdEf",
            "t.me/Ann_1984/15",
            "tg://resolve?domain=Ann_1984",
            "javascript:alert",
        ] {
            assert_eq!(parse_username(bad), Err(UsernameFault::Link), "{bad}");
        }
        for bad in ["", "@", "@@ann_1984", "ann 1984", "ann\0abc", "анна", "abc", &"x".repeat(99)]
        {
            assert!(matches!(parse_username(bad), Err(UsernameFault::Shape(_))), "{bad}");
        }
    }
}
