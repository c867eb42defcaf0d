//! What Telegram says about a frozen account: until when, and where to appeal.

use super::connection::Connection;
use super::errors::Call;
use grammers_client::tl::{enums, functions};
use tg_core::failure::{AccountFault, Failure, FailureClass, Refusal};
use tg_core::time::Timestamp;

/// Fills in the deadline and the appeal link, if the failure is that the account is frozen and
/// Telegram tells them (core.telegram.org/api/auth#frozen-accounts). Whatever goes wrong with
/// asking, the failure stays what it is.
pub(crate) async fn explain(connection: &Connection, failure: Failure) -> Failure {
    if !matches!(
        failure.class,
        FailureClass::Refused(Refusal::Account(AccountFault::Frozen { .. }))
    ) {
        return failure;
    }
    let request = functions::help::GetAppConfig { hash: 0 };
    match connection.call(Call::Connect, &request).await {
        Ok(enums::help::AppConfig::Config(config)) => Failure {
            class: FailureClass::Refused(Refusal::Account(AccountFault::Frozen {
                until: number(&config.config, "freeze_until_date").map(Timestamp::from_secs),
                appeal: string(&config.config, "freeze_appeal_url"),
            })),
            ..failure
        },
        _ => failure,
    }
}

fn field<'a>(object: &'a enums::Jsonvalue, name: &str) -> Option<&'a enums::Jsonvalue> {
    let enums::Jsonvalue::JsonObject(object) = object else { return None };
    object.value.iter().find_map(|entry| {
        let enums::JsonobjectValue::JsonObjectValue(entry) = entry;
        (entry.key == name).then_some(&entry.value)
    })
}

/// A moment in Unix seconds; 0 stands for none.
fn number(object: &enums::Jsonvalue, name: &str) -> Option<i64> {
    match field(object, name)? {
        // JSON knows no whole numbers; what is one is written as one.
        enums::Jsonvalue::JsonNumber(number) => {
            format!("{:.0}", number.value).parse::<i64>().ok().filter(|secs| *secs > 0)
        }
        _ => None,
    }
}

fn string(object: &enums::Jsonvalue, name: &str) -> Option<String> {
    match field(object, name)? {
        enums::Jsonvalue::JsonString(text) if !text.value.is_empty() => Some(text.value.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grammers_client::tl::types;

    fn object(entries: Vec<(&str, enums::Jsonvalue)>) -> enums::Jsonvalue {
        let value = entries
            .into_iter()
            .map(|(key, value)| types::JsonObjectValue { key: key.to_owned(), value }.into())
            .collect();
        types::JsonObject { value }.into()
    }

    #[test]
    fn deadline_and_link_are_read() {
        let config = object(vec![
            ("other", types::JsonNumber { value: 1.0 }.into()),
            ("freeze_until_date", types::JsonNumber { value: 1_800_000_000.0 }.into()),
            (
                "freeze_appeal_url",
                types::JsonString { value: "https://t.me/spambot".to_owned() }.into(),
            ),
        ]);
        assert_eq!(number(&config, "freeze_until_date"), Some(1_800_000_000));
        assert_eq!(string(&config, "freeze_appeal_url").as_deref(), Some("https://t.me/spambot"));
    }

    #[test]
    fn what_is_missing_or_of_another_kind_is_none() {
        let config = object(vec![
            ("freeze_until_date", types::JsonNumber { value: 0.0 }.into()),
            ("freeze_appeal_url", enums::Jsonvalue::JsonNull),
        ]);
        assert_eq!(number(&config, "freeze_until_date"), None);
        assert_eq!(string(&config, "freeze_appeal_url"), None);
        assert_eq!(number(&enums::Jsonvalue::JsonNull, "freeze_until_date"), None);
    }
}
