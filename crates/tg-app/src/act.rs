//! One guarded act: the permission is checked first, a change commits with its audit row, and a
//! refusal leaves a row of its own.

use crate::actor::Actor;
use crate::app::App;
use crate::error::{AppError, Kind};
use crate::permissions::Permission;
use tg_core::ids::Slug;
use tg_core::ports::{AuditEntry, StoreError, Unit};
use tg_core::time::Timestamp;

/// Longest detail of an audit row, in characters.
const MAX_DETAIL: usize = 500;

/// An act that an actor was permitted to begin.
pub(crate) struct Act<'a> {
    app: &'a App,
    actor: &'a Actor,
    permission: Permission,
    object: String,
}

impl<'a> Act<'a> {
    /// Checks the one permission that the act needs. `name` is part of the object if it is a valid
    /// name: whatever else somebody typed does not belong in the log.
    ///
    /// # Errors
    /// A refusal, which is in the audit log then.
    pub(crate) async fn begin(
        app: &'a App,
        actor: &'a Actor,
        permission: Permission,
        noun: &str,
        name: Option<&str>,
    ) -> Result<Self, AppError> {
        let object = match name.filter(|name| Slug::parse(name).is_ok()) {
            Some(name) => format!("{noun}/{name}"),
            None => noun.to_owned(),
        };
        let act = Self { app, actor, permission, object };
        if actor.may(permission) {
            return Ok(act);
        }
        Err(act.refuse(not_permitted(actor, permission)).await)
    }

    /// Somebody comes in, of whom nothing is known yet.
    pub(crate) fn at_the_door(app: &'a App, nobody: &'a Actor, object: &str) -> Self {
        Self { app, actor: nobody, permission: Permission::AuthLogin, object: object.to_owned() }
    }

    /// Records a refusal, and gives it back.
    pub(crate) async fn refuse(&self, refusal: AppError) -> AppError {
        self.refuse_and(refusal, |_| Ok(())).await
    }

    /// The same, with something else to write down in the same transaction.
    pub(crate) async fn refuse_and<F>(&self, refusal: AppError, also: F) -> AppError
    where
        F: FnOnce(&mut dyn Unit) -> Result<(), StoreError> + Send + 'static,
    {
        let entry = self.entry("refused", &refusal.to_string());
        let recorded: Result<(), AppError> = self
            .app
            .store
            .write(move |unit| {
                also(unit)?;
                Ok(unit.audit(&entry)?)
            })
            .await;
        // Nothing was changed, so the refusal stands whether or not it could be recorded.
        if let Err(error) = recorded {
            tracing::error!(object = %self.object, %error, "a refusal could not be recorded");
        }
        refusal
    }

    /// Reads over a consistent snapshot.
    ///
    /// # Errors
    /// Those of `work`; a refusal is in the audit log then.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Unit) -> Result<T, AppError> + Send + 'static,
    {
        let result = self.app.store.read(work).await;
        self.judged(result).await
    }

    /// Changes something. `work` returns its result and the detail of the audit row, which commits
    /// with the change or not at all.
    ///
    /// # Errors
    /// Those of `work`, after its changes were undone; a refusal is in the audit log then.
    pub(crate) async fn write<T, D, F>(&self, work: F) -> Result<T, AppError>
    where
        T: Send + 'static,
        D: Into<Told>,
        F: FnOnce(&mut dyn Unit, Timestamp) -> Result<(T, D), AppError> + Send + 'static,
    {
        let done = self.write_if(move |unit, at| work(unit, at).map(Some)).await?;
        done.ok_or_else(|| AppError::failed("internal", "a change was made and then lost"))
    }

    /// The same for what may find nothing to change: then there is no row either.
    ///
    /// # Errors
    /// Those of [`Act::write`].
    pub(crate) async fn write_if<T, D, F>(&self, work: F) -> Result<Option<T>, AppError>
    where
        T: Send + 'static,
        D: Into<Told>,
        F: FnOnce(&mut dyn Unit, Timestamp) -> Result<Option<(T, D)>, AppError> + Send + 'static,
    {
        let mut entry = self.entry("done", "");
        let result = self
            .app
            .store
            .write(move |unit| {
                let Some((done, told)) = work(unit, entry.at)? else { return Ok(None) };
                let told: Told = told.into();
                entry.detail = shortened(&told.detail);
                entry.before = told.before.as_deref().map(shortened);
                entry.after = told.after.as_deref().map(shortened);
                unit.audit(&entry)?;
                Ok(Some(done))
            })
            .await;
        self.judged(result).await
    }

    /// Records a refusal that was found outside of [`Act::read`] and [`Act::write`], too.
    pub(crate) async fn judged<T>(&self, result: Result<T, AppError>) -> Result<T, AppError> {
        match result {
            Err(error) if error.kind() == Kind::Refused => Err(self.refuse(error).await),
            other => other,
        }
    }

    fn entry(&self, outcome: &'static str, detail: &str) -> AuditEntry {
        AuditEntry {
            at: self.app.clock.now(),
            actor: self.actor.who.clone(),
            source: shortened(&self.actor.source),
            action: self.permission.as_str().to_owned(),
            object: self.object.clone(),
            outcome,
            detail: shortened(detail),
            ..AuditEntry::default()
        }
    }
}

/// What the audit row of a change says beside who, when and what.
#[derive(Debug, Default)]
pub(crate) struct Told {
    detail: String,
    before: Option<String>,
    after: Option<String>,
}

impl Told {
    /// One value was replaced by another; neither is a secret or a person's data.
    pub(crate) fn change(before: impl Into<String>, after: impl Into<String>) -> Self {
        let (before, after) = (Some(before.into()), Some(after.into()));
        Self { before, after, ..Self::default() }
    }

    /// Something is there now that was not.
    pub(crate) fn new(after: impl Into<String>) -> Self {
        Self { after: Some(after.into()), ..Self::default() }
    }

    /// And more, for a person.
    pub(crate) fn with(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }
}

impl From<String> for Told {
    fn from(detail: String) -> Self {
        Self { detail, ..Self::default() }
    }
}

fn not_permitted(actor: &Actor, permission: Permission) -> AppError {
    if permission.is_for(actor.role) {
        let message =
            format!("the key of {} is limited to {}: not {permission}", actor.who, actor.scope);
        return AppError::refused("not_permitted", message)
            .advise("use a key with a wider scope; `tg auth whoami` shows what this one may do");
    }
    AppError::refused(
        "not_permitted",
        format!("{} has the role {}, which lacks {permission}", actor.who, actor.role),
    )
    .advise("ask somebody with a higher role")
}

fn shortened(text: &str) -> String {
    text.chars().take(MAX_DETAIL).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::testing::{Home, actor, local};
    use crate::{Kind, Role, accounts, campaigns, contacts, templates};

    #[tokio::test]
    async fn a_refusal_of_permission_changes_nothing_and_is_on_record() {
        let home = Home::new();
        home.started_spring(1).await;
        let before = home.audit().await.len();
        let viewer = actor(Role::Viewer);
        let error = campaigns::pause(&home.app, &viewer, "spring", false).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Refused, "not_permitted"));
        let error = contacts::show(&home.app, &viewer, "+491511234567").await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        let operator = actor(Role::Operator);
        let error = accounts::import(&home.app, &operator, b"[]").await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        let state = campaigns::status(&home.app, &viewer, "spring").await.unwrap().state;
        assert_eq!(state, "running");
        assert_eq!(
            home.audit().await[before..],
            [
                "the-viewer campaign.pause campaign/spring refused: \
                 the-viewer has the role viewer, which lacks campaign.pause",
                "the-viewer contact.show contact refused: \
                 the-viewer has the role viewer, which lacks contact.show",
                "the-operator account.import accounts refused: \
                 the-operator has the role operator, which lacks account.import",
            ]
        );
    }

    #[tokio::test]
    async fn a_refusal_undoes_the_change_and_keeps_its_row() {
        let home = Home::new();
        templates::add(&home.app, &local(), "hello", "Hi").await.unwrap();
        let error = templates::add(&home.app, &local(), "hello", "Hi again").await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (Kind::Refused, "taken"));
        assert_eq!(templates::show(&home.app, &local(), "hello").await.unwrap().source, "Hi");
        assert_eq!(
            home.audit().await,
            [
                "local template.add template/hello done: 2 bytes",
                "local template.add template/hello refused: \
                 the template \"hello\" exists already",
            ]
        );
    }

    #[tokio::test]
    async fn what_is_no_name_stays_out_of_the_log() {
        let home = Home::new();
        let viewer = actor(Role::Viewer);
        let odd = "+491511234567\u{1b}[2J";
        let error = campaigns::cancel(&home.app, &viewer, odd).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        let log = home.audit().await;
        assert!(log[0].starts_with("the-viewer campaign.cancel campaign refused:"), "{log:?}");
    }
}
