//! What Telegram wants of a text with entities (core.telegram.org/api/entities).

use tg_core::delivery::Body;
use tg_core::template::MAX_TEXT;

/// Asserts that Telegram would take a message as it is: a length within bounds, entities in order, inside
/// the text, on whole characters, one within another or apart.
///
/// # Panics
/// If it would not: that is the finding.
pub fn sendable(body: &Body) {
    let units: Vec<u16> = body.text.encode_utf16().collect();
    assert!((1..=MAX_TEXT).contains(&units.len()), "{} units", units.len());
    assert_eq!(body.text.trim(), body.text, "Telegram trims, and offsets would move");
    let mut around: Vec<(usize, usize)> = Vec::new();
    let mut last = 0;
    for entity in &body.entities {
        let from = usize::try_from(entity.offset).expect("32 bits fit");
        let to = from + usize::try_from(entity.length).expect("32 bits fit");
        assert!(from < to && to <= units.len(), "{from}..{to} of {}", units.len());
        assert!(last <= from, "out of order at {from}");
        last = from;
        for edge in [from, to] {
            let low = units.get(edge).is_some_and(|unit| (0xDC00..0xE000).contains(unit));
            assert!(!low, "an edge at {edge} splits a character");
        }
        while around.last().is_some_and(|(_, end)| *end <= from) {
            around.pop();
        }
        if let Some((_, end)) = around.last() {
            assert!(to <= *end, "{from}..{to} crosses the end {end} of another");
        }
        around.push((from, to));
    }
}
