//! Every use case as every role, with a key for it and with a key for something else: whoever may
//! not is refused with a row, whoever may is not. A permission that no line here asks for fails.

#![allow(clippy::unwrap_used)]

use crate::audiences::ExportSink;
use crate::auth::{self, Shown, Spans, Visitor};
use crate::loans::Loans;
use crate::segments::{self, Whom};
use crate::testing::{Home, actor, local};
use crate::{
    Actor, App, AppError, Kind, Permission, Role, Scope, accounts, alerts, audiences, audit,
    campaigns, checkup, contacts, doctor, engine, home, inbox, json, labels, maintenance, migrate,
    operators, proxies, removal, secrets, sessions, sign_in, templates,
};
use secrecy::SecretString;
use std::io;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::ids::{AccountId, UserId};
use tg_core::ports::{
    Alert, Alerter, BoxFuture, Connector, LoginDesk, LoginWay, Messenger, ProxyProbe, ProxyRoute,
    Session, SignIn, Told,
};
use tg_core::proxy::ProxyFault;
use tg_security::MasterKey;

/// Asks for what needs `permission`. Names of things that are not there will do: who may not is
/// refused before anybody looks.
async fn ask(home: &Home, me: &Actor, permission: Permission) -> Result<(), AppError> {
    let app = &home.app;
    match permission.as_str().split('.').next().unwrap() {
        "account" => of_accounts(app, me, permission).await,
        "audience" | "contact" | "inbox" | "segment" => of_people(home, me, permission).await,
        "template" => of_templates(app, me, permission).await,
        "campaign" => of_campaigns(app, me, permission).await,
        "secret" => of_secrets(app, me, permission).await,
        "proxy" => of_proxies(app, me, permission).await,
        _ => of_the_home(app, me, permission).await,
    }
}

async fn of_accounts(app: &App, me: &Actor, permission: Permission) -> Result<(), AppError> {
    match permission {
        Permission::AccountImport => accounts::import(app, me, b"[]").await.map(drop),
        Permission::AccountExport => {
            sessions::export(app, me, "x", sessions::ExportForm::Telethon).await.map(drop)
        }
        Permission::AccountAdd => {
            let start = Session {
                user_id: UserId(0),
                is_bot: true,
                home_dc: 2,
                dcs: Vec::new(),
                updates: None,
            };
            let loans = Loans::alone(app.clone());
            let desk = sign_in::Desk { telegram: &Nowhere, loans: &loans };
            let (new, token) =
                (sign_in::Target::New { name: "x", proxy: None }, SecretString::from("1:a"));
            sign_in::by_bot_token(app, me, desk, new, &start, &token, &|_| {}).await.map(drop)
        }
        Permission::AccountLogin => sign_in::signed_out(app, me).await.map(drop),
        Permission::AccountCheck => {
            checkup::check(app, me, &Nowhere, &Loans::alone(app.clone()), &[], &mut |_| {}).await
        }
        Permission::AccountRemove => {
            removal::remove(app, me, None, &Loans::alone(app.clone()), "x").await.map(drop)
        }
        Permission::AccountTag => labels::tag(app, me, "x", &[], &[]).await.map(drop),
        Permission::AccountList => accounts::list(app, me).await.map(drop),
        Permission::AccountShow => accounts::show(app, me, "x").await.map(drop),
        Permission::AccountReport => accounts::report(app, me, "x").await.map(drop),
        Permission::AccountPause => accounts::pause(app, me, "x").await.map(drop),
        Permission::AccountResume => accounts::resume(app, me, "x").await.map(drop),
        other => panic!("no line asks for {other}"),
    }
}

async fn of_people(home: &Home, me: &Actor, permission: Permission) -> Result<(), AppError> {
    let app = &home.app;
    match permission {
        Permission::AudienceImport => {
            audiences::import(app, me, home.request("x", "asked", b"")).await.map(drop)
        }
        Permission::AudienceList => audiences::list(app, me).await.map(drop),
        Permission::AudienceShow => audiences::show(app, me, "x", Whom::default()).await.map(drop),
        Permission::AudienceSuppress => audiences::suppress(app, me, None, &[]).await.map(drop),
        Permission::AudienceExport => {
            audiences::export(app, me, "x", Whom::default(), &mut Nowhere).await.map(drop)
        }
        Permission::AudienceTag => {
            audiences::tag(app, me, "x", Whom::default(), (&[], &[])).await.map(drop)
        }
        Permission::ContactTag => contacts::tag(app, me, "1", (&[], &[])).await.map(drop),
        Permission::SegmentAdd => segments::add(app, me, "x", "sent").await.map(drop),
        Permission::SegmentList => segments::list(app, me).await.map(drop),
        Permission::SegmentShow => segments::show(app, me, "x", None).await.map(drop),
        Permission::SegmentRemove => segments::remove(app, me, "x").await.map(drop),
        Permission::InboxList => {
            let wanted = inbox::Wanted { account: None, campaign: None, unanswered: false };
            inbox::list(app, me, wanted).await.map(drop)
        }
        Permission::InboxReply => {
            let answer = inbox::NewAnswer { who: "1", text: "Hi", account: None };
            inbox::reply(app, me, answer).await.map(drop)
        }
        Permission::InboxShow => inbox::show(app, me, "1").await.map(drop),
        Permission::ContactShow => contacts::show(app, me, "1").await.map(drop),
        other => panic!("no line asks for {other}"),
    }
}

async fn of_templates(app: &App, me: &Actor, permission: Permission) -> Result<(), AppError> {
    match permission {
        Permission::TemplateAdd => templates::add(app, me, "x", "Hi").await.map(drop),
        Permission::TemplateList => templates::list(app, me).await.map(drop),
        Permission::TemplateShow => templates::show(app, me, "x").await.map(drop),
        Permission::TemplateLint => templates::lint(app, me, "x", None).await.map(drop),
        Permission::TemplatePreview => {
            templates::preview(app, me, "x", "x", None, 1).await.map(drop)
        }
        other => panic!("no line asks for {other}"),
    }
}

async fn of_campaigns(app: &App, me: &Actor, permission: Permission) -> Result<(), AppError> {
    let finding = campaigns::Finding::Sent;
    let which = campaigns::Doubtful::All { reason: None };
    match permission {
        Permission::CampaignCreate => {
            let new = campaigns::NewCampaign {
                name: "x",
                audience: "x",
                template: "x",
                variants: &[],
                accounts: "all",
                pace: "standard",
                whom: Whom::default(),
            };
            campaigns::create(app, me, new).await.map(drop)
        }
        Permission::CampaignPlan => campaigns::plan(app, me, "x").await.map(drop),
        Permission::CampaignPreview => {
            let key = std::sync::Arc::new(tg_core::testing::TestKey);
            campaigns::preview(app, me, "x", None, 1, key).await.map(drop)
        }
        Permission::CampaignTest => {
            let key = std::sync::Arc::new(tg_core::testing::TestKey);
            let new = campaigns::NewTest { campaign: "x", contact: None, account: None };
            campaigns::test(app, me, new, key).await.map(drop)
        }
        Permission::CampaignStart => campaigns::start(app, me, "x", &mut |_, _| {}).await.map(drop),
        Permission::CampaignPause => campaigns::pause(app, me, "x", false).await.map(drop),
        Permission::CampaignResume => campaigns::resume(app, me, "x").await.map(drop),
        Permission::CampaignCancel => campaigns::cancel(app, me, "x").await.map(drop),
        Permission::CampaignList => campaigns::list(app, me).await.map(drop),
        Permission::CampaignStatus => campaigns::status(app, me, "x").await.map(drop),
        Permission::CampaignReport => campaigns::report(app, me, "x").await.map(drop),
        Permission::CampaignDeliveries => {
            let mut each = |_: json::Delivery| ControlFlow::Continue(());
            campaigns::deliveries(app, me, "x", None, &mut each).await
        }
        Permission::CampaignRetry => campaigns::retry(app, me, "x", "failed", None).await.map(drop),
        Permission::CampaignResolve => {
            campaigns::resolve(app, me, "x", which, finding).await.map(drop)
        }
        Permission::CampaignReview => campaigns::review(app, me, "x", None, true).await.map(drop),
        other => panic!("no line asks for {other}"),
    }
}

async fn of_secrets(app: &App, me: &Actor, permission: Permission) -> Result<(), AppError> {
    let value = SecretString::from("0123456789abcdef0123456789abcdef");
    match permission {
        Permission::SecretList => secrets::list(app, me, Vec::new()).await.map(drop),
        Permission::SecretSet => secrets::set(app, me, "gemini.api_key", value).await.map(drop),
        Permission::SecretRotate => {
            secrets::rotate(app, me, "gemini.api_key", value).await.map(drop)
        }
        Permission::SecretMigrate => migrate::migrate(app, me, "x", Vec::new()).await.map(drop),
        Permission::SecretRekey => {
            let key = Arc::new(MasterKey::from_bytes(&[7; 32], 1));
            secrets::rekey(app, me, Arc::clone(&key), key).await.map(drop)
        }
        Permission::SecretRemove => secrets::remove(app, me, "gemini.api_key").await.map(drop),
        other => panic!("no line asks for {other}"),
    }
}

async fn of_proxies(app: &App, me: &Actor, permission: Permission) -> Result<(), AppError> {
    let pause = Duration::ZERO;
    match permission {
        Permission::ProxyAdd => proxies::add(app, me, Vec::new()).await.map(drop),
        Permission::ProxyList => proxies::list(app, me).await.map(drop),
        Permission::ProxyCheck => proxies::check(app, me, None, &Nowhere).await.map(drop),
        Permission::ProxyAssign => proxies::assign(app, me, Vec::new(), pause).await.map(drop),
        Permission::ProxyReplace => proxies::replace(app, me, "x", None, pause).await.map(drop),
        Permission::ProxyRemove => proxies::remove(app, me, "x").await.map(drop),
        other => panic!("no line asks for {other}"),
    }
}

async fn of_the_home(app: &App, me: &Actor, permission: Permission) -> Result<(), AppError> {
    let new = operators::NewKey { operator: "x", scope: "campaign", expires: None };
    match permission {
        Permission::EngineRun => engine::begin_run(app, me).await,
        Permission::OperatorAdd => operators::add(app, me, "x", "viewer").await.map(drop),
        Permission::OperatorRole => operators::set_role(app, me, "y", "viewer").await.map(drop),
        Permission::OperatorDisable => operators::disable(app, me, "y", true).await.map(drop),
        Permission::OperatorList => operators::list(app, me).await.map(drop),
        Permission::KeyCreate => operators::create_key(app, me, new).await.map(drop),
        Permission::KeyList => operators::list_keys(app, me, None).await.map(drop),
        Permission::KeyRevoke => operators::revoke_key(app, me, "0a").await.map(drop),
        Permission::AuthLogin | Permission::AuthLogout => own(app, permission).await,
        Permission::AuthWhoami => auth::whoami(app, me).await.map(drop),
        Permission::AuthRequire => auth::require(app, me, false, false).await.map(drop),
        Permission::AuditList => {
            let wanted = audit::Wanted { limit: 1, ..audit::Wanted::default() };
            audit::list(app, me, wanted).await.map(drop)
        }
        Permission::AuditVerify => audit::verify(app, me).await.map(drop),
        Permission::AuditAccept => audit::accept(app, me, "a test").await.map(drop),
        Permission::AuditExport => audit::export(app, me, &mut |_| ControlFlow::Continue(())).await,
        Permission::AlertList => alerts::list(app, me).await.map(drop),
        Permission::AlertTest => alerts::test(app, me, &Nowhere).await.map(drop),
        Permission::DbBackup => {
            maintenance::backup(app, me, "x", async || Ok::<(), AppError>(())).await
        }
        Permission::DbRestore => maintenance::restored(app, me, "x").await,
        Permission::ConfigShow => home::may_see_settings(app, me).await,
        Permission::DbCheck => home::may_check_database(app, me).await,
        Permission::HomeDoctor => doctor(app, me, false, Vec::new()).await.map(drop),
        other => panic!("no line asks for {other}"),
    }
}

/// Signing in and out is everybody's own: somebody unknown is refused for another reason.
async fn own(app: &App, permission: Permission) -> Result<(), AppError> {
    let nobody = Visitor { shown: Shown::Nothing, source: String::new(), required: false };
    let hour = Duration::from_secs(3_600);
    if permission == Permission::AuthLogin {
        return auth::login(app, &nobody, Spans { idle: hour, whole: hour }, None).await.map(drop);
    }
    auth::logout(app, &nobody).await
}

impl LoginDesk for Nowhere {
    fn open(&self, _: LoginWay, _: Session) -> BoxFuture<'_, Result<Arc<dyn SignIn>, Failure>> {
        Box::pin(std::future::ready(Err(Failure::ambiguous("NOBODY", "nobody is there"))))
    }
}

impl Connector for Nowhere {
    fn connect(&self, _: AccountId) -> BoxFuture<'_, Result<Arc<dyn Messenger>, Failure>> {
        Box::pin(std::future::ready(Err(Failure::ambiguous("NOBODY", "nobody is there"))))
    }
}

impl Alerter for Nowhere {
    fn tell<'a>(&'a self, _: &'a Alert) -> BoxFuture<'a, Result<Told, Failure>> {
        let failure = Failure::ambiguous("NOBODY", "nobody is there");
        Box::pin(std::future::ready(Err(failure)))
    }
}

/// An export that nobody reads, and a home without proxies to look at.
struct Nowhere;

impl ProxyProbe for Nowhere {
    fn probe<'a>(
        &'a self,
        _: &'a ProxyRoute,
        _: Option<SocketAddr>,
    ) -> BoxFuture<'a, Result<Duration, ProxyFault>> {
        Box::pin(std::future::ready(Ok(Duration::ZERO)))
    }
}

impl ExportSink for Nowhere {
    fn begin(&mut self, _: &[String]) -> io::Result<()> {
        Ok(())
    }

    fn member(&mut self, _: &json::Member) -> io::Result<ControlFlow<()>> {
        Ok(ControlFlow::Continue(()))
    }
}

#[tokio::test]
async fn every_use_case_refuses_whoever_may_not_with_a_row() {
    let home = Home::new();
    operators::add(&home.app, &local(), "y", "viewer").await.unwrap();
    for permission in Permission::ALL {
        for role in Role::ALL {
            let before = home.audit().await.len();
            let me = actor(role);
            let refused = matches!(
                ask(&home, &me, *permission).await,
                Err(error) if error.kind() == Kind::Refused && error.code() == "not_permitted"
            );
            assert_eq!(refused, !permission.is_for(role), "{permission} as {role}");
            if refused {
                let row = format!("the-{role} {permission} ");
                let log = home.audit().await.split_off(before);
                assert_eq!(log.len(), 1, "{permission} as {role}: {log:?}");
                assert!(log[0].starts_with(&row) && log[0].contains(" refused: "), "{log:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_key_for_one_thing_does_nothing_else() {
    let home = Home::new();
    for permission in Permission::ALL {
        let scope =
            if permission.as_str() == "template.list" { "account" } else { "template.list" };
        let me = Actor { scope: Scope::parse(scope).unwrap(), ..actor(Role::Admin) };
        let own =
            permission.as_str().starts_with("auth.") && *permission != Permission::AuthRequire;
        let refused = matches!(
            ask(&home, &me, *permission).await,
            Err(error) if error.code() == "not_permitted"
        );
        assert_eq!(refused, !own, "{permission}");
    }
}
