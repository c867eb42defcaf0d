//! Labels of accounts: what `tag:NAME` means.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::permissions::Permission;
use crate::{accounts, json, named};
use std::collections::BTreeSet;

/// How many labels an account has at most.
const MOST_TAGS: usize = 32;

/// Adds and removes labels of an account. Adding one that is there, and removing one that is not,
/// changes nothing.
///
/// # Errors
/// If there is no such account; if a label is none; if there are too many.
pub async fn tag(
    app: &App,
    actor: &Actor,
    name: &str,
    add: &[String],
    remove: &[String],
) -> Result<json::AccountDetail, AppError> {
    let act = Act::begin(app, actor, Permission::AccountTag, "account", Some(name)).await?;
    let name = named::slug(name)?;
    let (add, remove) = (labels(add)?, labels(remove)?);
    act.write(move |unit, at| {
        let account = named::account(unit, &name)?;
        let tags: BTreeSet<String> =
            account.tags.iter().filter(|tag| !remove.contains(*tag)).chain(&add).cloned().collect();
        if tags.len() > MOST_TAGS {
            return Err(AppError::refused(
                "too_many_tags",
                format!("an account has at most {MOST_TAGS} tags"),
            ));
        }
        let tags: Vec<String> = tags.into_iter().collect();
        unit.set_account_tags(account.id, &tags)?;
        let account = named::account(unit, &name)?;
        Ok((accounts::detail(unit, &account, at)?, format!("tags: {}", tags.join(" "))))
    })
    .await
}

fn labels(texts: &[String]) -> Result<BTreeSet<String>, AppError> {
    texts.iter().map(|text| named::tag(text).map(|label| label.to_string())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Kind;
    use crate::testing::{Home, local};

    #[tokio::test]
    async fn labels_come_and_go() {
        let home = Home::new();
        home.accounts(1).await;
        let (app, me) = (&home.app, &local());
        let texts = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let detail = tag(app, me, "acc-1", &texts(&["b", "a"]), &[]).await.unwrap();
        assert_eq!(detail.account.tags, ["a", "b"]);
        let detail = tag(app, me, "acc-1", &texts(&["c", "a"]), &texts(&["b", "x"])).await.unwrap();
        assert_eq!(detail.account.tags, ["a", "c"]);
        let error = tag(app, me, "acc-1", &texts(&["no label"]), &[]).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        let error = tag(app, me, "nobody", &[], &[]).await.unwrap_err();
        assert_eq!(error.kind(), Kind::NotFound);
    }
}
