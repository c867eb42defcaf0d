//! One account's connection: grammers' pool, the tasks that drive it, and their end.
//!
//! The pool runs as one task, which connects on demand and has no timeouts of its own; a second
//! task empties its channel of updates. Both are owned here. A panic inside the pool ends its task
//! and nothing else: calls that wait, and all later ones, end as "no answer".

use super::config::{TelegramConfig, Timeouts};
use super::ear::Ear;
use super::errors::{self, Call};
use super::session::LiveSession;
use super::way::Way;
use crate::policy::within;
use grammers_client::sender::{
    ConnectionParams, InvocationError, NoRetries, SenderPool, SenderPoolHandle,
};
use grammers_client::tl::{Deserializable, RemoteCall};
use secrecy::ExposeSecret;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::ports::Clock;
use tokio::task::JoinHandle;

/// How many updates may wait for the task that takes them.
const UPDATES_WAITING: NonZeroUsize = match NonZeroUsize::new(128) {
    Some(count) => count,
    None => NonZeroUsize::MIN,
};

/// How many calls may be given up (timed out, dropped) before the connection is. grammers keeps the
/// request of a call that nobody waits for any more, for as long as the connection lasts.
const MAX_ABANDONED: u32 = 256;

/// A pool and its tasks.
pub(crate) struct Connection {
    handle: SenderPoolHandle,
    session: Arc<LiveSession>,
    clock: Arc<dyn Clock>,
    timeouts: Timeouts,
    /// Why nothing is handed over any more.
    fate: OnceLock<Failure>,
    abandoned: AtomicU32,
    /// Moves on with every answer of any kind, and with every link that is given up.
    signs: AtomicU64,
    /// Where pushed updates wait.
    ear: Arc<Ear>,
    tasks: tokio::sync::Mutex<Option<Tasks>>,
}

impl Connection {
    /// Starts the tasks. Nothing is connected before the first call.
    pub(crate) fn open(
        config: &TelegramConfig,
        session: Arc<LiveSession>,
        way: &Way,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let params = params(config, way, session.prefers_ipv6());
        let pool = SenderPool::with_configuration(Arc::clone(&session), config.api_id, params);
        let ear = Arc::new(Ear::default());
        let tasks = Tasks {
            runner: tokio::spawn(pool.runner.run()),
            drain: tokio::spawn(Arc::clone(&ear).drain(pool.updates)),
        };
        Self {
            handle: pool.handle.thin,
            session,
            clock,
            timeouts: config.timeouts,
            fate: OnceLock::new(),
            abandoned: AtomicU32::new(0),
            signs: AtomicU64::new(0),
            ear,
            tasks: tokio::sync::Mutex::new(Some(tasks)),
        }
    }

    /// The session in use.
    pub(crate) fn session(&self) -> &LiveSession {
        &self.session
    }

    /// The clock that calls are timed by.
    pub(crate) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Where pushed updates wait.
    pub(crate) fn ear(&self) -> &Ear {
        &self.ear
    }

    /// How long anything may take.
    pub(crate) const fn timeouts(&self) -> &Timeouts {
        &self.timeouts
    }

    /// Why nothing is handed over any more, if so.
    pub(crate) fn fate(&self) -> Option<&Failure> {
        self.fate.get()
    }

    /// Moves on with every answer of any kind.
    pub(crate) fn signs(&self) -> u64 {
        self.signs.load(Ordering::SeqCst)
    }

    /// Calls a function of Telegram in the account's home data centre, once.
    ///
    /// The call is handed over when this future is first polled. Dropping the future, or its
    /// timeout, does not take it back: grammers may still send it. Only an answer, or
    /// [`Connection::close`], ends it.
    pub(crate) async fn call<R: RemoteCall>(
        &self,
        call: Call,
        request: &R,
    ) -> Result<R::Return, Failure> {
        if let Some(fate) = self.fate.get() {
            return Err(fate.clone());
        }
        let watched = Watched { connection: self, answered: false };
        let home = self.session.home();
        let signs = self.signs.load(Ordering::SeqCst);
        // The raw call never asks the retry policy, so that nothing is repeated behind our back.
        let answer = self.handle.raw_invoke_in_dc(home, request.to_bytes());
        let answer = match within(self.clock(), self.timeouts.call, answer).await {
            Ok(answer) => answer,
            Err(elapsed) => {
                self.silent(home, signs);
                return Err(errors::timed_out(elapsed));
            }
        };
        watched.answered();
        match answer {
            Ok(bytes) => R::Return::from_bytes(&bytes)
                .map_err(|_| errors::unreadable("its form is not known to this version")),
            Err(error) => Err(self.failed(call, &error).await),
        }
    }

    /// Returns when Telegram says that a login token was accepted
    /// (core.telegram.org/constructor/updateLoginToken), now or since the last call.
    pub(crate) async fn login_token_news(&self) {
        self.ear.login_token().await;
    }

    /// Ends everything. When this returns, no byte of anything that was handed over leaves from
    /// here any more. Takes at most twice the time set for closing, whatever the network does.
    pub(crate) async fn close(&self) {
        self.retire(Failure::ambiguous("closed", "The account's connection has been closed"));
        // Whoever comes second waits here until the first is done.
        let mut tasks = self.tasks.lock().await;
        if let Some(running) = tasks.as_mut() {
            running.stop(self.clock(), self.timeouts.close).await;
        }
        *tasks = None;
    }

    /// A call ran out of time. If nothing at all was answered while it waited, the link is dead
    /// although nobody has noticed (grammers does not): drop it, and the next call makes another.
    fn silent(&self, dc: i32, signs_before: u64) {
        let next = signs_before.wrapping_add(1);
        // Of the calls that waited together, one drops the link; the others must not drop its heir.
        let drops = self
            .signs
            .compare_exchange(signs_before, next, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok();
        if drops {
            tracing::debug!(dc, "no answer to anything; the connection is dropped");
            self.handle.disconnect_from_dc(dc);
        }
    }

    /// Hands nothing over from now on, and lets the pool end. The first reason stands.
    fn retire(&self, reason: Failure) {
        let _ = self.fate.set(reason);
        self.handle.quit();
    }

    async fn failed(&self, call: Call, error: &InvocationError) -> Failure {
        if matches!(error, InvocationError::Session(_)) && self.session.key_refused() {
            let failure = errors::key_refused(&self.session);
            self.retire(failure.clone());
            return failure;
        }
        let failure = errors::classify(call, error);
        if let Some(dc) = errors::new_home(&failure)
            && let Err(error) = self.session.move_home(dc).await
        {
            tracing::warn!(dc, %error, "the account's new home data centre could not be stored");
        }
        failure
    }
}

/// Counts a call that was handed over and then given up.
struct Watched<'a> {
    connection: &'a Connection,
    answered: bool,
}

impl Watched<'_> {
    fn answered(mut self) {
        self.answered = true;
        self.connection.signs.fetch_add(1, Ordering::SeqCst);
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        if self.connection.abandoned.fetch_add(1, Ordering::SeqCst) + 1 >= MAX_ABANDONED {
            self.connection.retire(Failure::ambiguous(
                "connection_gone",
                "Too many calls were left without an answer, so the connection was given up",
            ));
        }
    }
}

/// The two tasks of a pool. Dropping them ends them.
struct Tasks {
    runner: JoinHandle<()>,
    /// Ends when the pool and every sender of the pool is gone, because each holds the other end
    /// of its channel: joining it is the proof that nothing writes to a socket any more.
    drain: JoinHandle<()>,
}

impl Tasks {
    async fn stop(&mut self, clock: &dyn Clock, grace: Duration) {
        if within(clock, grace, self.join()).await.is_ok() {
            return;
        }
        // The pool connects inside its only loop, where it hears nothing: not even that it is to
        // quit. Dropping it cuts its senders off.
        self.runner.abort();
        if within(clock, grace, self.join()).await.is_err() {
            tracing::error!("a connection's tasks did not end although they were aborted");
        }
    }

    async fn join(&mut self) {
        join("pool", &mut self.runner).await;
        join("updates", &mut self.drain).await;
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.runner.abort();
        self.drain.abort();
    }
}

/// Waits for a task's end; a task that has ended is not asked twice.
async fn join(name: &'static str, task: &mut JoinHandle<()>) {
    if task.is_finished() {
        return;
    }
    if let Err(error) = task.await
        && error.is_panic()
    {
        tracing::error!(task = name, "a connection's task panicked");
    }
}

/// How connections are made: the one place where a proxy is set, for every data centre that the
/// pool connects to.
///
/// Every field is named, because the default asks the operating system for its name and version
/// each time, by starting other programs.
fn params(config: &TelegramConfig, way: &Way, use_ipv6: bool) -> ConnectionParams {
    let proxy_url = match way {
        Way::Direct => None,
        Way::Through { url, .. } => Some(url.expose_secret().to_owned()),
    };
    ConnectionParams {
        proxy_url,
        device_model: config.device_model.clone(),
        system_version: config.system_version.clone(),
        app_version: config.app_version.clone(),
        system_lang_code: config.lang_code.clone(),
        lang_code: config.lang_code.clone(),
        use_ipv6,
        retry_policy: Box::new(NoRetries),
        updates_channel_capacity: UPDATES_WAITING,
        __non_exhaustive: (),
    }
}

#[cfg(test)]
mod tests;
