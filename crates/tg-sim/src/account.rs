//! An account as the running simulator knows it: its mailbox, its standing, its sessions and who listens.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;

use crate::links::{Heard, Uses};
use crate::mail::{Mailbox, Past};
use crate::methods::Uploads;
use crate::mtproto::Sessions;
use crate::sync::locked;
use crate::world::Identity;

/// What Telegram thinks of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Standing {
    #[default]
    Good,
    /// It may read, and appeal, but not write (core.telegram.org/api/auth#frozen-accounts).
    Frozen(Freeze),
    /// Its keys are good for nothing any more.
    Banned,
}

/// Times in Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Freeze {
    pub(crate) since: i64,
    pub(crate) until: i64,
    pub(crate) appeal_url: String,
}

/// A connection that wants to hear of updates. Its queue is bounded; what does not fit is found by the client as a gap
/// in `pts`.
#[derive(Debug)]
struct Listener {
    connection: u64,
    queue: mpsc::Sender<Vec<u8>>,
}

/// An account or bot. Each has locks of its own, so that accounts do not wait for each other.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) identity: Arc<Identity>,
    pub(crate) mailbox: Mutex<Mailbox>,
    /// The data centre that it lives at now.
    home: AtomicI32,
    standing: Mutex<Standing>,
    logged_out: Mutex<Vec<i32>>,
    /// Who signed in with these keys since the world began, if anybody did.
    tenant: Mutex<Option<usize>>,
    /// Keys that belong to nobody until somebody signs in with them.
    spare: bool,
    /// By data centre, in the order of the identity's keys.
    sessions: Vec<(i32, Sessions)>,
    listeners: Mutex<Vec<Listener>>,
    /// Where its keys are in use.
    uses: Mutex<Uses>,
    pub(crate) uploads: Mutex<Uploads>,
}

impl Account {
    pub(crate) fn new(identity: Arc<Identity>, past: Past) -> Self {
        let standing = match past.frozen {
            _ if past.banned => Standing::Banned,
            Some((since, until, appeal_url)) => {
                Standing::Frozen(Freeze { since, until, appeal_url })
            }
            None => Standing::Good,
        };
        let sessions = |(dc, _): &(i32, _)| (*dc, Sessions::default());
        Self {
            sessions: identity.keys.iter().map(sessions).collect(),
            home: AtomicI32::new(past.home.unwrap_or(identity.home_dc)),
            identity,
            mailbox: Mutex::new(past.mailbox),
            standing: Mutex::new(standing),
            logged_out: Mutex::new(past.logged_out),
            tenant: Mutex::default(),
            spare: false,
            listeners: Mutex::default(),
            uses: Mutex::default(),
            uploads: Mutex::default(),
        }
    }

    /// Keys with which nobody is signed in yet.
    pub(crate) fn spare(identity: Arc<Identity>) -> Self {
        Self { spare: true, ..Self::new(identity, Past::default()) }
    }

    pub(crate) fn user_id(&self) -> i64 {
        self.identity.person.user_id
    }

    pub(crate) fn is_bot(&self) -> bool {
        self.identity.person.is_bot
    }

    /// The data centre that it lives at.
    pub(crate) fn home_dc(&self) -> i32 {
        self.home.load(Ordering::SeqCst)
    }

    pub(crate) fn move_to(&self, dc: i32) {
        self.home.store(dc, Ordering::SeqCst);
    }

    pub(crate) fn standing(&self) -> Standing {
        locked(&self.standing).clone()
    }

    pub(crate) fn set_standing(&self, standing: Standing) {
        *locked(&self.standing) = standing;
    }

    /// Whether somebody is signed in with these keys at a data centre.
    pub(crate) fn is_signed_in(&self, dc: i32) -> bool {
        self.tenant().is_some() || !self.spare && !locked(&self.logged_out).contains(&dc)
    }

    /// Who signed in with these keys since the world began.
    pub(crate) fn tenant(&self) -> Option<usize> {
        *locked(&self.tenant)
    }

    /// Signs `account` in with these keys, whose number is `own`.
    pub(crate) fn sign_in(&self, own: usize, account: usize, dc: i32) {
        *locked(&self.tenant) = (own != account).then_some(account);
        if own == account {
            locked(&self.logged_out).retain(|out| *out != dc);
        }
    }

    pub(crate) fn log_out(&self, dc: i32) {
        if locked(&self.tenant).take().is_none() {
            locked(&self.logged_out).push(dc);
        }
    }

    /// Makes the account usable again, whatever was done to it.
    pub(crate) fn pardon(&self) {
        self.set_standing(Standing::Good);
        locked(&self.logged_out).clear();
    }

    pub(crate) fn sessions(&self, dc: i32) -> Option<&Sessions> {
        let mut sessions = self.sessions.iter();
        sessions.find(|(id, _)| *id == dc).map(|(_, s)| s)
    }

    /// A connection has shown one of these keys; says whether another address has a connection with
    /// one of them at this moment.
    pub(crate) fn begin_use(&self, connection: u64, dc: i32, address: IpAddr, msg_id: i64) -> bool {
        locked(&self.uses).begin(connection, dc, address, msg_id)
    }

    /// A further message came on a connection.
    pub(crate) fn used(&self, connection: u64, dc: i32, msg_id: i64) -> Heard {
        locked(&self.uses).heard(connection, dc, msg_id)
    }

    pub(crate) fn end_use(&self, connection: u64) {
        locked(&self.uses).end(connection);
    }

    /// From now on this connection gets updates.
    pub(crate) fn listen(&self, connection: u64, queue: mpsc::Sender<Vec<u8>>) {
        locked(&self.listeners).push(Listener { connection, queue });
    }

    pub(crate) fn stop_listening(&self, connection: u64) {
        locked(&self.listeners).retain(|listener| listener.connection != connection);
    }

    /// Hands a serialised `Updates` to every connection that listens.
    pub(crate) fn tell(&self, updates: &[u8]) {
        for listener in &*locked(&self.listeners) {
            if listener.queue.try_send(updates.to_vec()).is_err() {
                tracing::debug!(account = %self.identity.name, "an update did not fit into a queue");
            }
        }
    }
}
