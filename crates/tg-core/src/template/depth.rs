//! What one tag may hold: the template engine recurses along an expression, once for each operator,
//! and along `elif`, and a stack has an end. And it reckons without fuel where it multiplies while it
//! compiles, and where it writes out lists.

/// The longest tag, in bytes: some hundred operators at most.
const MAX_TAG: usize = 1_000;
/// Most `{% … %}` in a part.
const MAX_BLOCKS: usize = 300;

/// The first tag that is too much, and why.
pub(crate) fn too_deep(text: &str) -> Option<(usize, String)> {
    let (mut from, mut blocks) = (0, 0);
    while let Some(at) = ["{{", "{%"].iter().filter_map(|tag| text[from..].find(tag)).min() {
        let at = from + at;
        let length = match length(&text.as_bytes()[at..]) {
            Ok(length) => length,
            Err((inside, message)) => return Some((at + inside, message.to_owned())),
        };
        if length > MAX_TAG {
            return Some((at, format!("the tag is longer than {MAX_TAG} bytes")));
        }
        blocks += usize::from(text[at..].starts_with("{%"));
        if blocks > MAX_BLOCKS {
            return Some((
                at,
                format!("the message has more than {MAX_BLOCKS} tags like {{% if %}}"),
            ));
        }
        // At least past the opening; what is left of a character in the middle is no opening.
        from = (at + length.max(2)).min(text.len());
        while !text.is_char_boundary(from) {
            from += 1;
        }
    }
    None
}

/// Up to the end of a tag: not inside quotes or brackets, as the engine's own reader has it. Or where
/// something stands in it that makes much of little, and what.
fn length(tag: &[u8]) -> Result<usize, (usize, &'static str)> {
    let close = if tag.starts_with(b"{%") { b"%}" } else { b"}}" };
    let (mut quote, mut open, mut lists, mut at) = (None, 0_usize, 0_usize, 2);
    while at < tag.len() {
        match (quote, tag[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(mark), byte) if byte == mark => quote = None,
            (Some(_), _) => {}
            (None, _) if open == 0 && tag[at..].starts_with(close) => return Ok(at + 2),
            (None, mark @ (b'"' | b'\'')) => quote = Some(mark),
            (None, b'*' | b'+') => {
                return Err((at, "texts are joined by ~; + and * are not allowed"));
            }
            (None, b'[' | b'{') => (open, lists) = (open + 1, lists + 1),
            (None, b']' | b'}') => {
                (open, lists) = (open.saturating_sub(1), lists.saturating_sub(1));
            }
            (None, b'(') => open += 1,
            (None, b')') => open = open.saturating_sub(1),
            // A list of lists, some dozen times over, has no end.
            (None, byte) if lists > 0 && (byte.is_ascii_alphabetic() || byte == b'_') => {
                return Err((at, "a list holds texts in quotes and numbers only"));
            }
            (None, _) => {}
        }
        at += 1;
    }
    Ok(tag.len())
}

#[cfg(test)]
mod tests {
    use super::too_deep;
    use crate::template::{Format, Template};

    #[test]
    fn tags_end_where_the_engine_ends_them() {
        for fine in
            ["", "a {{ b }} c {% if d %}e{% endif %}", "{{ \"}}\" }}", "{{ {'a': {}} }}", "{é{{ é"]
        {
            assert_eq!(too_deep(fine), None, "{fine}");
        }
        let long = format!("é {{{{ \"}}}}\"{} }}}}", " ~ 1".repeat(300));
        assert_eq!(too_deep(&long).map(|(at, _)| at), Some(3));
        let long = format!("{{{{ {{'a': {{}}}}{} }}}}", " ~ 1".repeat(300));
        assert_eq!(too_deep(&long).map(|(at, _)| at), Some(0));
        assert!(too_deep(&"{% if a %}".repeat(301)).is_some());
    }

    #[test]
    fn what_makes_much_of_little_is_named_with_its_place() {
        for (source, at) in [
            ("{{ 'x' * 1000000000 }}", 7),
            ("{{ a + a }}", 5),
            ("a {% set a = [a, a] %}", 14),
            ("{{ {'a': b} }}", 9),
        ] {
            assert_eq!(too_deep(source).map(|(at, _)| at), Some(at), "{source}");
        }
        for fine in ["{{ 'a*b+c' }}", "{% for a in [1, 'x', -2.5] %}", "** {{ a }} + {{ b }}"] {
            assert_eq!(too_deep(fine), None, "{fine}");
        }
    }

    /// The stack of a thread is two megabytes, here as in the store.
    #[test]
    fn the_deepest_that_is_allowed_fits_a_stack() {
        let blocks = |tag: &str| tag.repeat(299);
        for source in [
            format!("{{{{ {}1 }}}}", "-".repeat(990)),
            format!("{{{{ {}1{} }}}}", "(".repeat(490), ")".repeat(490)),
            format!("{{{{ 1{} }}}}", "~1".repeat(495)),
            format!("{{{{ a{} }}}}", ".a".repeat(495)),
            format!("{{{{ a{} }}}}", "|d".repeat(495)),
            format!("{{{{ a{} }}}}", "[1]".repeat(330)),
            format!("{{{{ {}1{} }}}}", "[".repeat(490), "]".repeat(490)),
            format!("{{{{ {}1 }}}}", "not ".repeat(245)),
            format!("{{{{ 1{} }}}}", " if a".repeat(195)),
            format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}".repeat(297)),
            blocks("{% if a %}"),
            blocks("{% for a in b %}"),
            blocks("{% set a %}"),
            format!("{}{}", "{% if a %}".repeat(140), "{% endif %}".repeat(140)),
        ] {
            for format in Format::ALL {
                if let Ok(template) = Template::compile_as(&source, format) {
                    let _ = template.render(&crate::contact::Person::default());
                }
            }
        }
    }
}
