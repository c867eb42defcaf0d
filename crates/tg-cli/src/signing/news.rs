//! Says what happens during a sign-in: remarks for people, lines for scripts.

use super::qr;
use crate::context::Context;
use std::net::SocketAddr;
use tg_app::json::LoginNews;

/// Shows one thing that happened. `name` is the account's.
pub(crate) fn show(context: &Context, name: &str, news: &LoginNews) {
    let printer = &context.printer;
    if printer.is_json() {
        // Whoever reads has gone: the sign-in goes on, and its result says so.
        let _ = printer.json(news);
        let _ = printer.flush();
        return;
    }
    if let Some(text) = words(news) {
        printer.note(&format!("{name}: {text}"));
    }
    if let Some(drawn) = news.url.as_deref().and_then(qr::drawn) {
        printer.note(&drawn);
    }
}

/// Says where text messages are listened for.
pub(super) fn listening(context: &Context, address: SocketAddr) {
    let printer = &context.printer;
    if printer.is_json() {
        // As above.
        let _ = printer.json(&LoginNews::listening(address));
        let _ = printer.flush();
    } else {
        printer.note(&format!("listening for text messages at http://{address}/"));
    }
}

fn words(news: &LoginNews) -> Option<String> {
    let source = news.source.unwrap_or_default();
    Some(match news.kind {
        "code_sent" => {
            let mut text = format!(
                "Telegram sent a code {} ({})",
                news.text.as_deref().unwrap_or_default(),
                news.expects.as_deref().unwrap_or_default()
            );
            if let Some(next) = news.next {
                let after = news.next_in.map(|secs| format!(", after {secs} s"));
                text.push_str(&format!("; next: {next}{}", after.unwrap_or_default()));
            }
            text
        }
        "wrong_code" => "that is not the code".to_owned(),
        "expired_code" => "that code is too old; asking for another".to_owned(),
        "stale_code" => format!("{source} has only a code that is older than the request"),
        "no_code" => {
            format!("no code from {source}: {}", news.text.as_deref().unwrap_or("nothing came"))
        }
        "wrong_password" => "that is not the two-step password".to_owned(),
        "qr" => format!(
            "scan this in Telegram (Settings, Devices, Link Desktop Device) before {}",
            news.until.as_deref().unwrap_or_default()
        ),
        "completed" => "an earlier sign-in had succeeded before it was cut off; kept".to_owned(),
        "signed_out" => "signed out again at Telegram".to_owned(),
        "left_behind" => {
            "could not be signed out again: end the session in Telegram under Settings, Devices"
                .to_owned()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sent_code_says_where_what_and_what_next() {
        let news = LoginNews {
            text: Some("by SMS".to_owned()),
            expects: Some("5 digits".to_owned()),
            next: Some("call"),
            next_in: Some(60),
            ..LoginNews::plain("code_sent")
        };
        let text = words(&news).unwrap_or_default();
        assert_eq!(text, "Telegram sent a code by SMS (5 digits); next: call, after 60 s");
        assert_eq!(words(&LoginNews::plain("password_needed")), None);
    }
}
