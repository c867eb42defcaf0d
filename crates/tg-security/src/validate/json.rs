//! Bounds that a JSON text has to keep before it is parsed.

/// A JSON text that is nested too deeply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is nested deeper than {limit} levels at line {line}")]
pub struct TooDeep {
    /// How deep it may be.
    pub limit: usize,
    /// Where it became deeper, counted from 1.
    pub line: usize,
}

/// Looks for more than `limit` brackets and braces inside each other. Needs no memory, and does not
/// judge whether the text is JSON.
///
/// # Errors
/// Names the line of the first bracket that is too deep.
pub fn check_depth(text: &[u8], limit: usize) -> Result<(), TooDeep> {
    let (mut depth, mut line) = (0usize, 1usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text {
        line += usize::from(*byte == b'\n');
        if in_string {
            in_string = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return Err(TooDeep { limit, line });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth() {
        assert_eq!(check_depth(b"[[{}]]", 3), Ok(()));
        assert_eq!(check_depth(b"[\n[\n{}]]", 2), Err(TooDeep { limit: 2, line: 3 }));
        assert_eq!(check_depth(b"[\"[[[[\", \"\\\"[[\", \"\\\\\", {}]", 2), Ok(()));
        assert_eq!(check_depth(b"[][][][]", 1), Ok(()));
        assert_eq!(check_depth(b"]]]][[", 1), Err(TooDeep { limit: 1, line: 1 }));
        assert!(check_depth("[".repeat(1_000_000).as_bytes(), 16).is_err());
    }
}
