//! Operators and their keys through the use cases.

#![allow(clippy::unwrap_used)]
use super::*;
use crate::auth;
use crate::testing::{Home, actor, local};
use crate::{Actor, Kind, Role, Scope};

const fn whole(operator: &str) -> NewKey<'_> {
    NewKey { operator, scope: "", expires: None }
}

#[tokio::test]
async fn every_change_has_a_row_that_says_what_was_and_is() {
    let home = Home::new();
    let (app, me) = (&home.app, &local().from_source("desk"));
    add(app, me, "anna", "viewer").await.unwrap();
    set_role(app, me, "anna", "operator").await.unwrap();
    disable(app, me, "anna", true).await.unwrap();
    let again = add(app, me, "anna", "viewer").await.unwrap_err();
    assert_eq!((again.kind(), again.code()), (Kind::Refused, "taken"));
    for reserved in ["local", "engine", "nobody", "config.toml"] {
        let refused = add(app, me, reserved, "admin").await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (Kind::Refused, "reserved"));
    }
    assert_eq!(set_role(app, me, "bert", "viewer").await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(add(app, me, "bert", "owner").await.unwrap_err().kind(), Kind::Usage);
    let rows = home.read(|unit| unit.audit_page(0, 3)).await;
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let of = |value: &Option<String>| value.clone().unwrap_or_default();
            let entry = &row.entry;
            (entry.source.as_str(), entry.action.as_str(), of(&entry.before), of(&entry.after))
        })
        .collect();
    let row =
        |action, before: &str, after: &str| ("desk", action, before.to_owned(), after.to_owned());
    assert_eq!(
        told,
        [
            row("operator.add", "", "viewer"),
            row("operator.role", "viewer", "operator"),
            row("operator.disable", "enabled", "disabled"),
        ]
    );
    let list = list(app, me).await.unwrap().operators;
    assert_eq!((list.len(), list[0].role), (1, "operator"));
    assert!(list[0].disabled_at.is_some());
}

#[tokio::test]
async fn the_last_way_in_stays_open() {
    let home = Home::new();
    let (app, me) = (&home.app, &local());
    add(app, me, "anna", "admin").await.unwrap();
    let key = create_key(app, me, whole("anna")).await.unwrap();
    auth::require(app, me, true, false).await.unwrap();
    for refused in [
        set_role(app, me, "anna", "viewer").await.unwrap_err(),
        disable(app, me, "anna", true).await.unwrap_err(),
        revoke_key(app, me, &key.id).await.unwrap_err(),
    ] {
        assert_eq!((refused.kind(), refused.code()), (Kind::Refused, "no_way_in"));
    }
    assert_eq!(list_keys(app, me, None).await.unwrap().keys[0].state, "live");
    add(app, me, "bert", "admin").await.unwrap();
    let limited = NewKey { scope: "campaign", ..whole("bert") };
    create_key(app, me, limited).await.unwrap();
    assert!(revoke_key(app, me, &key.id).await.is_err(), "a limited key is no way in");
    create_key(app, me, whole("bert")).await.unwrap();
    revoke_key(app, me, &key.id).await.unwrap();
    set_role(app, me, "anna", "viewer").await.unwrap();
}

#[tokio::test]
async fn nobody_hands_out_more_than_they_have() {
    let home = Home::new();
    let app = &home.app;
    add(app, &local(), "anna", "admin").await.unwrap();
    let limited = Actor { scope: Scope::parse("key,campaign").unwrap(), ..actor(Role::Admin) };
    for (scope, fine) in
        [("", false), ("account", false), ("campaign,account.list", false), ("campaign.list", true)]
    {
        let made = create_key(app, &limited, NewKey { scope, ..whole("anna") }).await;
        assert_eq!(made.is_ok(), fine, "{scope}");
        if let Err(refused) = made {
            assert_eq!((refused.kind(), refused.code()), (Kind::Refused, "wider_scope"));
        }
    }
    let wrong = create_key(app, &local(), NewKey { scope: "campain", ..whole("anna") }).await;
    assert_eq!(wrong.unwrap_err().kind(), Kind::Usage);
    let unknown = revoke_key(app, &local(), "0000000000000000").await.unwrap_err();
    assert_eq!(unknown.kind(), Kind::NotFound);
}
