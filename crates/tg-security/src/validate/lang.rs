//! Languages, by shape (BCP 47, RFC 5646 section 2.1): which ones exist is not judged.

/// Why a text names no language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag such as \"de\" or \"pt-BR\"")]
pub struct LangError;

/// The longest tag, in bytes (RFC 5646, section 4.4.1).
const MAX: usize = 35;

/// Reads a language tag; `_` counts as `-`. Cased as is usual: `zh-Hant-TW`.
///
/// # Errors
/// If it does not have the shape of a tag.
pub fn parse_lang(text: &str) -> Result<String, LangError> {
    let text = text.trim().replace('_', "-");
    if text.len() > MAX {
        return Err(LangError);
    }
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    if !(2..=8).contains(&language.len()) || !language.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(LangError);
    }
    let mut out = language.to_ascii_lowercase();
    // After a single letter (an extension, private use) nothing is a script or region any more.
    let mut plain = true;
    for part in parts {
        if !(1..=8).contains(&part.len()) || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(LangError);
        }
        plain &= part.len() > 1;
        out.push('-');
        out.push_str(&cased(part, plain));
    }
    Ok(out)
}

fn cased(part: &str, plain: bool) -> String {
    let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
    match part.len() {
        2 if plain && letters => part.to_ascii_uppercase(),
        4 if plain && letters => part[..1].to_ascii_uppercase() + &part[1..].to_ascii_lowercase(),
        _ => part.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags() {
        for (text, tag) in [
            ("de", "de"),
            (" DE ", "de"),
            ("pt_br", "pt-BR"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("sl-rozaj-biske", "sl-rozaj-biske"),
            ("en-x-US", "en-x-us"),
        ] {
            assert_eq!(parse_lang(text).as_deref(), Ok(tag));
        }
        for bad in ["", "d", "123", "de-", "-de", "de--at", "d e", "dé", "de-\0", &"a-".repeat(40)]
        {
            assert_eq!(parse_lang(bad), Err(LangError), "{bad:?}");
        }
    }
}
