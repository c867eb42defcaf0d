//! Calls that leave the process have a timeout around them, where they are made or where it is said.

use super::finding::Finding;
use super::rust::{Blank, blank, marked};

/// Calls that wait for somebody else, and have no timeout of their own.
const CALLS: &[&str] = &[
    "TcpStream::connect(",
    "UnixStream::connect(",
    "lookup_host(",
    "TcpSocket::connect(",
    ".to_socket_addrs(",
];

/// The simulator serves and does not call; the tools for development are ended by who types them.
const FREE: &[&str] = &["crates/tg-sim/", "xtask/", "tests/"];

/// A network call stands inside of `within(…)`, or says `// tidy: bounded` and by what.
pub(super) fn calls(path: &str, text: &str) -> Vec<Finding> {
    let product = path.ends_with(".rs")
        && path.contains("/src/")
        && !path.ends_with("/tests.rs")
        && !FREE.iter().any(|start| path.starts_with(start));
    if !product {
        return Vec::new();
    }
    let code = blank(text, Blank::CommentsAndStrings);
    let lines = code.lines().enumerate();
    lines
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| CALLS.iter().any(|call| line.contains(call)))
        .filter(|(index, line)| !line.contains("within(") && !marked(text, index + 1, "bounded"))
        .map(|(index, _)| {
            let message = "a network call without a timeout: put it into `within(…)`, or say \
                `// tidy: bounded` and by what";
            Finding::at("unbounded", path, index + 1, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::finding::lines;
    use super::calls;

    #[test]
    fn a_call_without_a_limit_is_found() {
        let text = "//! A.\nlet s = TcpStream::connect(at).await;\nlet s = within(c, l, TcpStream::connect(at)).await;\n\
            // tidy: bounded, by the caller's limit\nlet a = lookup_host(name).await;\n// lookup_host(\n\
            #[cfg(test)]\nmod tests { fn f() { TcpStream::connect(at); } }\n";
        assert_eq!(lines(&calls("crates/tg-net/src/a.rs", text)), [2]);
        for path in ["crates/tg-sim/src/a.rs", "crates/tg-net/tests/it/a.rs", "docs/a.md"] {
            assert!(calls(path, text).is_empty(), "{path}");
        }
    }
}
