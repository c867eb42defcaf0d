//! What becomes of sessions that say much, little, or nothing of their owners.

#![allow(clippy::unwrap_used)]

use super::*;
use crate::sessions::{ExportForm, export};
use crate::testing::{Home, local};
use crate::{Kind, proxies};
use secrecy::SecretString;
use std::sync::Mutex;
use tg_core::failure::Failure;
use tg_core::foreign::SessionFormat;
use tg_core::ids::AccessHash;
use tg_core::ports::BoxFuture;
use tg_security::{open_export, parse_session_string};

/// Knows one user, and remembers on which way it was asked.
struct Telegram {
    user: i64,
    asked: Mutex<Vec<Option<String>>>,
}

impl Telegram {
    const fn with(user: i64) -> Self {
        Self { user, asked: Mutex::new(Vec::new()) }
    }
}

impl Identifier for Telegram {
    fn identify(&self, session: Session, route: Route) -> BoxFuture<'_, Result<Identity, Failure>> {
        self.asked.lock().unwrap().push(route.proxy.map(|proxy| proxy.name.to_string()));
        let user_id = UserId(self.user);
        let session = Session { user_id, ..session };
        Box::pin(std::future::ready(Ok(Identity { user_id, is_bot: false, phone: None, session })))
    }
}

fn foreign(user: Option<i64>, peers: i64) -> ForeignSession {
    ForeignSession {
        format: SessionFormat::TelethonFile,
        user_id: user.map(UserId),
        is_bot: user.map(|_| false),
        phone: None,
        home_dc: 2,
        addr: Some("127.0.0.1:443".parse().unwrap()),
        key: [7; 256],
        updates: None,
        peers: (1..=peers).map(|n| PeerFact { user: UserId(n), hash: AccessHash(n) }).collect(),
    }
}

fn arrival(hint: &str, session: ForeignSession) -> Arrival {
    Arrival { source: "a file".to_owned(), name: None, hint: Some(hint.to_owned()), session }
}

async fn arrive(
    home: &Home,
    telegram: &Telegram,
    arrivals: Vec<Arrival>,
) -> Result<AccountImport, AppError> {
    import(&home.app, &local(), arrivals, ImportTerms::default(), telegram).await
}

#[tokio::test]
async fn what_a_session_says_is_not_asked_and_what_it_does_not_say_is() {
    let (home, telegram) = (Home::new(), Telegram::with(9));
    let first = vec![arrival("Anna's phone", foreign(Some(5), 2_500))];
    let done = arrive(&home, &telegram, first).await.unwrap();
    // The file knows the account itself too, which is nobody to write to.
    assert_eq!((done.names.as_slice(), done.peers), (&["anna-s-phone".to_owned()][..], 2_499));
    assert!(telegram.asked.lock().unwrap().is_empty());
    let known = home.read(|unit| unit.peer(AccountId(1), UserId(2_500))).await;
    assert!(known.is_some());
    let more = vec![
        arrival("anna-s-phone", foreign(None, 0)),
        arrival("again", foreign(Some(5), 0)),
        arrival("—", foreign(Some(6), 0)),
    ];
    let done = arrive(&home, &telegram, more).await.unwrap();
    assert_eq!(done.names, ["anna-s-phone-9", "anna-s-phone", "user-6"]);
    assert_eq!((done.imported, done.unchanged), (2, 1));
    assert_eq!(*telegram.asked.lock().unwrap(), [None]);
}

#[tokio::test]
async fn an_account_with_a_proxy_is_asked_through_it_and_keeps_it() {
    let (home, telegram) = (Home::new(), Telegram::with(9));
    let px = proxies::NewProxy {
        line: 1,
        name: Some("px".to_owned()),
        text: "h.example:1".to_owned(),
        password: None,
    };
    proxies::add(&home.app, &local(), vec![px]).await.unwrap();
    let terms = ImportTerms { proxy: Some("px".to_owned()), ..ImportTerms::default() };
    let one = vec![arrival("a", foreign(None, 0))];
    import(&home.app, &local(), one, terms.clone(), &telegram).await.unwrap();
    assert_eq!(*telegram.asked.lock().unwrap(), [Some("px".to_owned())]);
    let shown = crate::accounts::show(&home.app, &local(), "a").await.unwrap();
    assert_eq!(shown.account.proxy.as_deref(), Some("px"));
    let two = vec![arrival("b", foreign(Some(1), 0))];
    let refused = import(&home.app, &local(), two, terms, &telegram).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Refused, "proxy_conflict"));
}

#[tokio::test]
async fn a_session_without_a_place_says_what_is_missing() {
    let (home, telegram) = (Home::new(), Telegram::with(9));
    let nowhere = ForeignSession { addr: None, home_dc: 7, ..foreign(Some(1), 0) };
    let error = arrive(&home, &telegram, vec![arrival("a", nowhere)]).await.unwrap_err();
    assert!(error.to_string().contains("data centre 7"), "{error}");
    assert!(error.hint().unwrap().contains("--dc 7="), "{error}");
    let other = ForeignSession { is_bot: None, ..foreign(Some(1), 0) };
    let error = arrive(&home, &telegram, vec![arrival("a", other)]).await.unwrap_err();
    assert!(error.to_string().contains("user 1's, Telegram says user 9"), "{error}");
}

#[tokio::test]
async fn what_is_exported_is_what_was_imported_and_is_on_record() {
    let (home, telegram) = (Home::new(), Telegram::with(9));
    arrive(&home, &telegram, vec![arrival("anna", foreign(Some(5), 0))]).await.unwrap();
    let (app, me) = (&home.app, &local());
    let text = export(app, me, "anna", ExportForm::Telethon).await.unwrap();
    assert_eq!(parse_session_string(&text).unwrap().key, [7; 256]);
    let text = export(app, me, "anna", ExportForm::Pyrogram { api_id: 4 }).await.unwrap();
    assert_eq!(parse_session_string(&text).unwrap().user_id, Some(UserId(5)));
    let passphrase = SecretString::from("correct horse");
    let text = export(app, me, "anna", ExportForm::Sealed(passphrase.clone())).await.unwrap();
    let carried = open_export(&text, &passphrase).unwrap();
    let again = Arrival::carried("it".to_owned(), None, carried).unwrap();
    let done = arrive(&Home::new(), &telegram, vec![again]).await.unwrap();
    assert_eq!(done.names, ["anna"]);
    let log = home.audit().await;
    assert!(log.iter().any(|row| row == "local account.export account/anna done: as sealed"));
    let operator = crate::testing::actor(crate::Role::Operator);
    let refused = export(app, &operator, "anna", ExportForm::Telethon).await.unwrap_err();
    assert_eq!(refused.code(), "not_permitted");
}
