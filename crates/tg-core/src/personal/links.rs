//! What Telegram makes clickable in a plain text, or a person may follow: links, domains, mail
//! addresses, names after an @, phone numbers (core.telegram.org/api/entities).

/// Everything of the kind in a text, in lower case, in the order of the text.
pub(super) fn found(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>' | '"'))
    {
        let word = word.trim_matches(|c: char| {
            matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '[' | ']' | '…')
                || matches!(c, '«' | '»' | '„' | '“' | '”')
        });
        if leads_somewhere(word) {
            found.push(word.trim_end_matches('/').to_lowercase());
        }
    }
    found.extend(numbers(text));
    found
}

fn leads_somewhere(word: &str) -> bool {
    word.contains("://")
        || word.to_lowercase().starts_with("www.")
        || ["tg:", "mailto:", "tel:"].iter().any(|scheme| word.to_lowercase().starts_with(scheme))
        || is_name(word)
        || is_domain(word)
}

/// `@name`, or a mail address.
fn is_name(word: &str) -> bool {
    word.split_once('@').is_some_and(|(_, after)| {
        after.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

/// Something with a full stop inside and letters after it: `example.org/x`, `кто.рф`. Abbreviations
/// such as `e.g` and numbers are none.
fn is_domain(word: &str) -> bool {
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let Some((before, last)) = host.rsplit_once('.') else { return false };
    let letters = last.chars().take_while(|c| c.is_alphabetic()).count();
    letters >= 2
        && letters == last.chars().count()
        && before.chars().next_back().is_some_and(char::is_alphanumeric)
}

/// Phone numbers, by their digits: seven of them behind a plus or a zero, else nine, so that a
/// date is none.
fn numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut digits, mut dialled) = (String::new(), false);
    for c in text.chars().chain(std::iter::once('\n')) {
        if c.is_ascii_digit() {
            dialled |= digits.is_empty() && c == '0';
            digits.push(c);
        } else if c == '+' && digits.is_empty() {
            dialled = true;
        } else if !matches!(c, ' ' | '-' | '(' | ')' | '/' | '\u{a0}') {
            if digits.len() >= if dialled { 7 } else { 9 } {
                found.push(std::mem::take(&mut digits));
            }
            digits.clear();
            dialled = false;
        }
    }
    found
}
