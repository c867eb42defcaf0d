//! Buttons of bots: lines at a message's end, `[Text](https://…){button}`, one row a line. They are
//! read before the format is, so that every format has them, and after the fields are in, which stay
//! veiled: no field's value makes a button.

use super::link;
use super::veil::unveil;
use crate::delivery::Button;

/// Behind each button.
pub(super) const MARK: &str = "{button}";
/// Buttons of one row; more are too small to read.
const MAX_ROW: usize = 8;
/// Buttons of one message (core.telegram.org/bots/api#inlinekeyboardmarkup).
const MAX_BUTTONS: usize = 100;
/// Longest text of a button, in characters: apps cut longer ones.
const MAX_LABEL: usize = 64;

const MISPLACED: &str = "buttons stand at the end of a message, on lines of their own";

/// Why a line is no row of buttons: the byte where the line begins, and the reason.
pub(super) type ButtonFault = (usize, String);

/// The text before the buttons, and the buttons by row.
pub(super) fn split(source: &str) -> Result<(&str, Vec<Vec<Button>>), ButtonFault> {
    let mut rows = Vec::new();
    let mut end = source.len();
    while let Some((at, line)) = last_line(&source[..end]) {
        if !line.trim().is_empty() {
            if !line.contains(MARK) {
                break;
            }
            rows.push(row(line.trim()).map_err(|why| (at, why))?);
        }
        end = at;
    }
    rows.reverse();
    let text = if rows.is_empty() { source } else { &source[..end] };
    if let Some(at) = text.find(MARK) {
        return Err((at, MISPLACED.to_owned()));
    }
    if rows.iter().map(Vec::len).sum::<usize>() > MAX_BUTTONS {
        return Err((end, format!("a message has at most {MAX_BUTTONS} buttons")));
    }
    Ok((text, rows))
}

/// Looks at buttons as they are written, whoever they will be rendered for: where the text before them
/// ends, or the first fault. What Jinja has a part in is judged when it is whole.
pub(super) fn written(source: &str) -> Result<usize, ButtonFault> {
    let mut end = source.len();
    while let Some((at, line)) = last_line(&source[..end]) {
        if !line.trim().is_empty() {
            if !line.contains(MARK) {
                break;
            }
            if !line.contains("{{") && !line.contains("{%") {
                row(line.trim()).map_err(|why| (at, why))?;
            }
        }
        end = at;
    }
    match source[..end].find(MARK) {
        Some(at) => Err((at, MISPLACED.to_owned())),
        None if source[end..].trim().is_empty() => Ok(source.len()),
        None => Ok(end),
    }
}

/// The last line and where it begins; none if there is nothing.
fn last_line(text: &str) -> Option<(usize, &str)> {
    if text.is_empty() {
        return None;
    }
    let body = text.strip_suffix('\n').unwrap_or(text);
    let at = body.rfind('\n').map_or(0, |before| before + 1);
    Some((at, &body[at..]))
}

fn row(mut rest: &str) -> Result<Vec<Button>, String> {
    let mut buttons = Vec::new();
    while !rest.is_empty() {
        let wrong = || format!("a button is written [Text](https://example.org){MARK}");
        let (text, after) =
            rest.strip_prefix('[').and_then(|rest| rest.split_once("](")).ok_or_else(wrong)?;
        let (url, after) = after.split_once(')').ok_or_else(wrong)?;
        rest = after.strip_prefix(MARK).ok_or_else(wrong)?.trim_start();
        buttons.push(button(unveil(text).trim(), unveil(url).trim())?);
    }
    if buttons.len() > MAX_ROW {
        return Err(format!("a row has at most {MAX_ROW} buttons"));
    }
    Ok(buttons)
}

fn button(text: &str, url: &str) -> Result<Button, String> {
    let length = text.chars().count();
    if length == 0 || length > MAX_LABEL || text.contains(char::is_control) {
        return Err(format!("a button's text has from 1 to {MAX_LABEL} characters"));
    }
    // A mail or phone link is refused for a button (`BUTTON_URL_INVALID`).
    let lower = url.to_ascii_lowercase();
    let opens = ["https://", "http://", "tg://"].iter().any(|scheme| lower.starts_with(scheme));
    if !opens || !link::is_kept(url) || url.contains(char::is_whitespace) {
        return Err("a button leads to https://…, http://… or tg://…".to_owned());
    }
    Ok(Button { text: text.to_owned(), url: url.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(source: &str) -> (String, Vec<Vec<String>>) {
        let (text, rows) = split(source).expect("well-formed");
        let rows = rows.into_iter().map(|row| row.into_iter().map(|b| b.text).collect()).collect();
        (text.to_owned(), rows)
    }

    #[test]
    fn rows_stand_at_the_end() {
        assert_eq!(labels("Hi\nyou"), ("Hi\nyou".to_owned(), vec![]));
        let (text, rows) = labels(
            "Hi\n\n[A](https://a.example){button} [B](tg://b){button}\n[C](http://c.example){button}\n",
        );
        assert_eq!(text.trim_end(), "Hi");
        assert_eq!(rows, [vec!["A".to_owned(), "B".to_owned()], vec!["C".to_owned()]]);
    }

    #[test]
    fn what_is_no_button_is_a_fault() {
        for wrong in [
            "[A](https://a.example){button}\nHi",
            "Hi [A](https://a.example){button}",
            "[](https://a.example){button}",
            "[A](javascript:alert){button}",
            "[A](mailto:a@b.example){button}",
            "[A](example.org){button}",
            "[A]{button}",
            "{button}",
        ] {
            assert!(split(wrong).is_err(), "{wrong}");
        }
    }
}
