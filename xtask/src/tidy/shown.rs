//! What `docs/security.md` says is shown by a test is shown by one that exists.

use super::finding::Finding;

const PAGE: &str = "docs/security.md";

/// Names of tests in the last column of the page's tables that no Rust file has, as a function or as
/// the name of a snapshot.
pub(super) fn by_tests<'a>(
    page: &str,
    files: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<Finding> {
    let mut wanted: Vec<(usize, &str)> = (1..)
        .zip(page.lines())
        .filter_map(|(line, text)| Some((line, last_cell(text)?)))
        .flat_map(|(line, cell)| names(cell).map(move |name| (line, name)))
        .collect();
    for (_, text) in files.filter(|(path, _)| path.ends_with(".rs")) {
        if wanted.is_empty() {
            break;
        }
        wanted.retain(|(_, name)| {
            !text.contains(&format!("fn {name}(")) && !text.contains(&format!("\"{name}\""))
        });
    }
    let message = |name| format!("no test is called `{name}`: name the one that shows it");
    wanted.into_iter().map(|(line, name)| Finding::at("shown", PAGE, line, message(name))).collect()
}

/// The last cell of a numbered row of a table.
fn last_cell(line: &str) -> Option<&str> {
    let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
    row.starts_with(|c: char| c.is_ascii_digit()).then(|| row.rsplit(" | ").next())?
}

/// What looks like the name of a test among what stands in backticks: three words and more. It may
/// follow the place where it is.
fn names(cell: &str) -> impl Iterator<Item = &str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    let last = |quoted: &'_ str| -> Option<usize> { quoted.rfind([' ', ':']).map(|at| at + 1) };
    quoted.map(move |quoted| &quoted[last(quoted).unwrap_or(0)..]).filter(|name| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        name.chars().all(plain) && name.matches('_').count() >= 2
    })
}

#[cfg(test)]
mod tests {
    use super::by_tests;

    #[test]
    fn a_row_that_names_no_test_of_the_tree_is_found() {
        let page = "| # | what | shown by |\n|---|---|---|\n\
            | 1.1 | `not_looked_at_here` | tg-app `act: a_test_that_is`, `another_one_is`; `short_name` |\n\
            | 1.2 | x | `x::y: gone_since_long`, it/a (snapshot `pause_a_draft`) |\n\
            `no_row_at_all`\n";
        let code = "fn a_test_that_is() {}\nasync fn another_one_is() {\nsnap!(\"pause_a_draft\")";
        let found = by_tests(page, [("a.rs", code), ("b.md", "fn gone_since_long()")].into_iter());
        let told: Vec<_> =
            found.iter().map(|f| (f.line, f.message.contains("gone_since"))).collect();
        assert_eq!(told, [(4, true)]);
    }
}
