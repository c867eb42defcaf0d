//! White space at the ends of lines and of files.

use super::finding::Finding;

/// Lines end with their last character, files with one line feed.
pub(super) fn line_ends(path: &str, text: &str) -> Vec<Finding> {
    if !is_ours(path) {
        return Vec::new();
    }
    let mut found: Vec<_> = text
        .split('\n')
        .enumerate()
        .filter(|(_, line)| line.ends_with([' ', '\t', '\r']))
        .map(|(index, _)| {
            Finding::at("white-space", path, index + 1, "white space at the end of the line")
        })
        .collect();
    if !text.is_empty() && (!text.ends_with('\n') || text.ends_with("\n\n")) {
        let message = "the file should end with one line feed";
        found.push(Finding::at("white-space", path, text.lines().count(), message));
    }
    found
}

/// Files that people write. Snapshots and samples show white space as the program made it.
fn is_ours(path: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".rs",
        ".toml",
        ".md",
        ".yml",
        ".yaml",
        ".sh",
        ".sql",
        ".html",
        ".css",
        ".js",
        ".py",
        ".service",
        "Dockerfile",
        ".ci/run",
    ];
    ENDINGS.iter().any(|ending| path.ends_with(ending)) && !path.contains("/fixtures/")
}

#[cfg(test)]
mod tests {
    use super::super::finding::lines;
    use super::line_ends;

    #[test]
    fn every_kind_of_trailing_space_is_found() {
        assert_eq!(lines(&line_ends("a.rs", "a \nb\t\nc\r\nd\n")), [1, 2, 3]);
    }

    #[test]
    fn a_file_ends_with_one_line_feed() {
        assert_eq!(lines(&line_ends("a.md", "a\nb")), [2]);
        assert_eq!(lines(&line_ends("a.md", "a\n\n")), [2]);
        assert!(line_ends("a.md", "a\n").is_empty());
        assert!(line_ends("a.md", "").is_empty());
    }

    #[test]
    fn what_programs_write_is_left_alone() {
        assert!(line_ends("crates/a/src/snapshots/a.snap", "a \n").is_empty());
        assert!(line_ends("tests/fixtures/hello.md", "a  \n").is_empty());
    }
}
