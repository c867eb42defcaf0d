//! Templates over the real store.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::Kind;
use crate::campaigns::{self, NewCampaign};
use crate::segments::Whom;
use crate::testing::{Home, local};
use tg_core::template::Format;

fn new<'a>(name: &'a str, source: &'a str, format: Format) -> NewTemplate<'a> {
    NewTemplate { name, source, format, lang: None, media: &[] }
}

async fn home() -> Home {
    let home = Home::new();
    let csv = "username,first_name,city\nannie,Ann,Bonn\nbobby,,\n";
    home.people("friends", csv).await.unwrap();
    home
}

#[tokio::test]
async fn a_fault_is_a_result_with_its_place() {
    let home = home().await;
    let (app, me) = (&home.app, &local());
    let source = "Hi {{ first_name }},\nin {{ city }} and {{ town }}";
    assert_eq!(
        add(app, me, "hello", source).await.unwrap().template.fields,
        ["city", "first_name", "town"]
    );
    assert!(lint(app, me, "hello", None).await.unwrap().ok);
    let found = lint(app, me, "hello", Some("friends")).await.unwrap();
    insta::assert_json_snapshot!("faults", found);
    add(app, me, "broken", "Hi\n{% if %}").await.unwrap();
    let broken = lint(app, me, "broken", None).await.unwrap();
    assert!(!broken.ok);
    assert_eq!(broken.faults[0].line, 2);
    assert_eq!(lint(app, me, "none", None).await.unwrap_err().kind(), Kind::NotFound);
    let strangers = lint(app, me, "hello", Some("strangers")).await.unwrap_err();
    assert_eq!(strangers.kind(), Kind::NotFound);
    assert_eq!(list(app, me).await.unwrap().templates.len(), 2);
}

#[tokio::test]
async fn previews_say_what_people_would_read() {
    let home = home().await;
    let (app, me) = (&home.app, &local());
    add(app, me, "hello", "Hi {{ first_name }}!{% if city %} In **{{ city }}**?{% endif %}")
        .await
        .unwrap();
    let shown = preview(app, me, "hello", "friends", None, 5).await.unwrap();
    insta::assert_json_snapshot!("previews", shown);
    let one = preview(app, me, "hello", "friends", Some("@bobby"), 5).await.unwrap();
    assert_eq!(one.previews.len(), 1);
    let nobody = preview(app, me, "hello", "friends", Some("@nobody"), 5).await.unwrap_err();
    assert_eq!(nobody.kind(), Kind::NotFound);
}

#[tokio::test]
async fn a_format_is_kept_and_holds_for_faults_and_previews() {
    let home = home().await;
    let (app, me) = (&home.app, &local());
    let added =
        add_as(app, me, new("html", "<b>{{ first_name }}</b>", Format::Html)).await.unwrap();
    assert_eq!(added.template.format, "html");
    let shown = preview(app, me, "html", "friends", Some("@annie"), 1).await.unwrap();
    let said = &shown.previews[0].messages[0];
    assert_eq!((said.text.as_str(), said.entities.len()), ("Ann", 1));
    add_as(app, me, new("wrong", "Hi\n<p>x</p>", Format::Html)).await.unwrap();
    let found = lint(app, me, "wrong", None).await.unwrap();
    assert_eq!((found.ok, found.faults[0].line, found.faults[0].column), (false, 2, 1));
    add_as(app, me, new("plain", "<p>**x**</p>", Format::Plain)).await.unwrap();
    assert!(lint(app, me, "plain", None).await.unwrap().ok);
    assert_eq!(
        home.audit().await.pop().unwrap(),
        "local template.add template/plain done: 12 bytes, plain"
    );
}

#[tokio::test]
async fn a_template_has_a_size() {
    let home = Home::new();
    let long = "x".repeat(MAX_SOURCE + 1);
    let error = add(&home.app, &local(), "long", &long).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (Kind::Failed, "template_too_long"));
}

/// Everybody reads their own language as far as there is one, and every language is looked at.
#[tokio::test]
async fn languages_of_one_template() {
    let home = Home::new();
    let (app, me) = (&home.app, &local());
    home.accounts(1).await;
    home.people("friends", "username,first_name,lang\nannie,Ann,de-AT\nbobby,Bob,fr\n")
        .await
        .unwrap();
    add(app, me, "hello", "Hi {{ first_name }}").await.unwrap();
    let german = |source| NewTemplate { lang: Some("DE"), ..new("hello", source, Format::Plain) };
    let added = add_as(app, me, german("Hallo {{ first_name }}")).await.unwrap();
    assert_eq!(added.template.languages, ["de"]);
    assert_eq!((added.others[0].lang.as_str(), added.others[0].format), ("de", "plain"));
    let again = add_as(app, me, german("Servus")).await.unwrap_err();
    assert_eq!((again.kind(), again.code()), (Kind::Refused, "taken"));
    let odd = NewTemplate { lang: Some("deutsch!"), ..german("x") };
    assert_eq!(add_as(app, me, odd).await.unwrap_err().kind(), Kind::Usage);
    let shown = preview(app, me, "hello", "friends", None, 5).await.unwrap();
    let said: Vec<_> =
        shown.previews.iter().map(|p| (p.lang.as_deref(), p.messages[0].text.as_str())).collect();
    assert_eq!(said, [(Some("de"), "Hallo Ann"), (None, "Hi Bob")]);
    let french = NewTemplate { lang: Some("fr"), ..german("Salut {{ prenom }}") };
    add_as(app, me, french).await.unwrap();
    let found = lint(app, me, "hello", Some("friends")).await.unwrap();
    assert_eq!((found.faults.len(), found.faults[0].lang.as_deref()), (1, Some("fr")));
}

/// What was sent stays what it was.
#[tokio::test]
async fn a_language_comes_before_the_campaign_begins() {
    let home = Home::new();
    let (app, me) = (&home.app, &local());
    home.spring(2).await;
    let text =
        |lang, source| NewTemplate { lang: Some(lang), ..new("hello", source, Format::Markdown) };
    let unfit = add_as(app, me, text("fr", "Salut {{ prenom }}")).await.unwrap_err();
    assert_eq!((unfit.kind(), unfit.code()), (Kind::Refused, "template_faults"));
    assert!(unfit.to_string().contains("fr, line 1, column 10"), "{unfit}");
    add_as(app, me, text("de", "Hallo")).await.unwrap();
    campaigns::start(app, me, "spring", &mut |_, _| {}).await.unwrap();
    let late = add_as(app, me, text("fr", "Salut")).await.unwrap_err();
    assert_eq!((late.kind(), late.code()), (Kind::Refused, "template_in_use"));
    let other = NewCampaign { name: "summer", template: "hello", ..spring() };
    campaigns::create(app, me, other).await.unwrap();
}

fn spring() -> NewCampaign<'static> {
    NewCampaign {
        name: "spring",
        audience: "friends",
        template: "hello",
        variants: &[],
        accounts: "all",
        pace: "unlimited",
        whom: Whom::default(),
    }
}
