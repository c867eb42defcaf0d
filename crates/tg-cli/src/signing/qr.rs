//! A QR code in half blocks, two rows of it in a line of text.

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

/// Draws `text`; `None` if it does not fit into a QR code.
pub(super) fn drawn(text: &str) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    // Light on dark, as most terminals are; phones read both.
    let mut image = code.render::<Dense1x2>();
    Some(image.dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).quiet_zone(true).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_fits_and_is_drawn_in_half_blocks() {
        let url = format!("tg://login?token={}", "a".repeat(48));
        let drawn = drawn(&url).expect("it is short");
        assert!(drawn.lines().count() > 15);
        assert!(drawn.chars().all(|c| " \n█▀▄".contains(c)));
    }
}
