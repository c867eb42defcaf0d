//! Choices and parts out of a fuzzer's bytes.

/// One of `choices`, by the first byte, and the bytes after it.
pub fn pick<'a, T: Copy>(data: &'a [u8], choices: &[T]) -> Option<(T, &'a [u8])> {
    let (first, rest) = data.split_first()?;
    let choice = choices.get(usize::from(*first) % choices.len().max(1))?;
    Some((*choice, rest))
}

/// Two texts, parted by the first NUL; the second is empty if there is none. `None` if it is no UTF-8.
pub fn split(data: &[u8]) -> Option<(&str, &str)> {
    let text = std::str::from_utf8(data).ok()?;
    Some(text.split_once('\0').unwrap_or((text, "")))
}
