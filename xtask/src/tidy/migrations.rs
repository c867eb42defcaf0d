//! Migrations are numbered in the order in which they are run.

use super::finding::Finding;

const FOLDER: &str = "crates/tg-store/migrations/";

/// `NNNN_name.sql`, from 0001, with no gap and no number twice.
pub(super) fn numbered<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<Finding> {
    let mut names: Vec<_> = paths
        .into_iter()
        .filter_map(|path| path.strip_prefix(FOLDER))
        .filter(|name| name.ends_with(".sql"))
        .collect();
    names.sort_unstable();
    let mut found = Vec::new();
    let mut due = 1_usize;
    for name in names {
        let path = format!("{FOLDER}{name}");
        match number(name) {
            None => {
                let message = "the name should be four digits, `_`, and words in lower case";
                found.push(Finding::whole("migration", &path, message));
            }
            Some(number) => {
                if number != due {
                    let message = format!("number {number:04} where {due:04} is due");
                    found.push(Finding::whole("migration", &path, message));
                }
                due = number + 1;
            }
        }
    }
    found
}

fn number(name: &str) -> Option<usize> {
    let (digits, words) = name.strip_suffix(".sql")?.split_once('_')?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let proper = digits.len() == 4 && !words.is_empty() && words.chars().all(plain);
    proper.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{FOLDER, numbered};

    fn found(names: &[&str]) -> Vec<String> {
        let paths: Vec<_> = names.iter().map(|name| format!("{FOLDER}{name}")).collect();
        numbered(paths.iter().map(String::as_str)).into_iter().map(|f| f.message).collect()
    }

    #[test]
    fn a_row_without_gaps_is_fine_in_any_order() {
        assert_eq!(found(&["0002_waits.sql", "0001_start.sql", "NOTES.md"]), [""; 0]);
        assert!(numbered(["crates/tg-app/9999_x.sql"]).is_empty());
    }

    #[test]
    fn gaps_repeats_and_odd_names_are_found() {
        assert_eq!(found(&["0001_a.sql", "0003_c.sql"]), ["number 0003 where 0002 is due"]);
        assert_eq!(found(&["0001_a.sql", "0001_b.sql"]), ["number 0001 where 0002 is due"]);
        assert_eq!(found(&["0002_a.sql"]), ["number 0002 where 0001 is due"]);
        assert_eq!(found(&["1_a.sql", "0001_A.sql"]).len(), 2);
    }
}
