//! Exceptions from the rules, each with its reason: `xtask/tidy-allow.toml`.

use serde::Deserialize;

use super::finding::Finding;

/// Where the exceptions are.
pub(super) const PATH: &str = "xtask/tidy-allow.toml";
/// A reason shorter than this is none.
const SHORTEST_REASON: usize = 15;

/// One rule that one file need not keep.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exception {
    rule: String,
    path: String,
    reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AllowFile {
    #[serde(default)]
    allow: Vec<Exception>,
}

/// Reads the file of exceptions.
///
/// # Errors
/// It is not TOML, or not of the expected form; the text names the place.
pub(super) fn parse(text: &str) -> Result<Vec<Exception>, toml::de::Error> {
    toml::from_str::<AllowFile>(text).map(|file| file.allow)
}

/// What is left of the findings; and the exceptions that give no reason or that nothing needs.
pub(super) fn apply(found: Vec<Finding>, exceptions: &[Exception]) -> Vec<Finding> {
    let covers = |exception: &Exception, finding: &Finding| {
        exception.rule == finding.rule && exception.path == finding.path
    };
    let mut left = Vec::new();
    for exception in exceptions {
        let Exception { rule, path, reason } = exception;
        if reason.trim().len() < SHORTEST_REASON {
            left.push(Finding::whole("allow", PATH, format!("{path} [{rule}] gives no reason")));
        }
        if !found.iter().any(|finding| covers(exception, finding)) {
            let message = format!("{path} keeps the rule {rule}: remove the exception");
            left.push(Finding::whole("allow", PATH, message));
        }
    }
    let open = |finding: &Finding| !exceptions.iter().any(|exception| covers(exception, finding));
    left.extend(found.into_iter().filter(open));
    left
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::finding::Finding;
    use super::{apply, parse};

    fn left(exceptions: &str) -> Vec<String> {
        let found = vec![Finding::whole("long-file", "a.rs", "long")];
        apply(found, &parse(exceptions).unwrap()).iter().map(|f| f.message.clone()).collect()
    }

    #[test]
    fn an_exception_covers_its_rule_in_its_file() {
        assert_eq!(left(""), ["long"]);
        let text =
            "[[allow]]\nrule = \"long-file\"\npath = \"a.rs\"\nreason = \"one table, not code\"\n";
        assert_eq!(left(text), [""; 0]);
    }

    #[test]
    fn an_exception_that_nothing_needs_is_found() {
        let text =
            "[[allow]]\nrule = \"header\"\npath = \"a.rs\"\nreason = \"one table, not code\"\n";
        assert_eq!(left(text), ["a.rs keeps the rule header: remove the exception", "long"]);
    }

    #[test]
    fn a_reason_is_required() {
        let text = "[[allow]]\nrule = \"long-file\"\npath = \"a.rs\"\nreason = \"long\"\n";
        assert_eq!(left(text), ["a.rs [long-file] gives no reason"]);
        assert!(parse("[[allow]]\nrule = \"header\"\npath = \"a.rs\"\n").is_err());
    }
}
