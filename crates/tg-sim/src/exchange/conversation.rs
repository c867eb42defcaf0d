//! The state of a conversation, and the way of a message through it.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use grammers_tl_types::{self as tl, Serializable};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tl::{enums, types as t};

use super::calls::{answered, caller, set_in_flight};
use super::service::{bad_message, bad_salt, misnumbered};
use crate::clock;
use crate::links::Link;
use crate::methods::{Call, Effects};
use crate::mtproto::{Flaw, Inbound, Outgoing, Request, Sealer, Session, Transport};
use crate::shared::Shared;

/// `auth key not found`, as the transports carry it (core.telegram.org/mtproto/mtproto-transports#transport-errors).
const KEY_NOT_FOUND: i32 = -404;

/// What is to be done with the connection after a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Continue,
    /// Write what there is, and close.
    Close,
}

/// A call that is being held by `delay_ms`.
pub(super) struct Held {
    pub(super) due: Instant,
    pub(super) req_msg_id: i64,
    pub(super) method: &'static str,
    pub(super) call: Call,
    pub(super) session: Arc<Session>,
}

/// A conversation. The first key that a client uses decides whose it is.
pub(crate) struct Exchange {
    pub(super) shared: Arc<Shared>,
    pub(super) dc: i32,
    pub(super) account: Option<usize>,
    session: Option<Arc<Session>>,
    pub(super) wants_updates: bool,
    /// In the order in which they came; not of their due times.
    pub(super) held: VecDeque<Held>,
    pub(super) idle_limit: Option<Duration>,
    /// Nothing is said any more, and nothing heard.
    mute: bool,
    link: Link,
    noise: StdRng,
}

/// What one message in led to.
#[derive(Default)]
pub(super) struct Round {
    pub(super) outgoing: Vec<Outgoing>,
    pub(super) acknowledge: Vec<i64>,
    pub(super) effects: Effects,
    pub(super) close: bool,
    /// Nothing more is said on this connection.
    pub(super) mute: bool,
}

impl Exchange {
    pub(crate) fn new(shared: Arc<Shared>, dc: i32, connection: u64, from: IpAddr) -> Self {
        let noise = clock::since_epoch().as_secs() ^ connection.rotate_left(32);
        Self {
            dc,
            account: None,
            session: None,
            wants_updates: false,
            held: VecDeque::new(),
            idle_limit: None,
            mute: false,
            link: Link::new(connection, dc, from, &shared),
            noise: StdRng::seed_from_u64(noise),
            shared,
        }
    }

    /// The account that is listening on this connection now.
    pub(crate) fn listener(&self) -> Option<usize> {
        let keys = self.account.filter(|_| self.wants_updates)?;
        // Whoever is signing in hears what is said to the keys, and then what is said to the account.
        Some(self.shared.accounts.get(keys)?.tenant().unwrap_or(keys))
    }

    /// The socket is closed.
    pub(crate) fn hung_up(&mut self) {
        self.link.close(&self.shared);
    }

    /// Whether a client with a key has spoken.
    pub(crate) fn is_known(&self) -> bool {
        self.account.is_some()
    }

    /// How long the client allowed its own silence (`ping_delay_disconnect`).
    pub(crate) fn idle_limit(&self) -> Option<Duration> {
        self.idle_limit
    }

    /// When the first held call is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.held.iter().map(|held| held.due).min()
    }

    /// Takes one frame's payload; appends what goes out to `out`. When it returns, everything that `out` promises is in
    /// the logs.
    pub(crate) fn receive(
        &mut self,
        transport: &mut Transport,
        payload: &mut [u8],
        out: &mut Vec<u8>,
    ) -> Next {
        if self.mute {
            return Next::Continue;
        }
        let Some((key_id, _)) = payload.split_first_chunk::<8>() else {
            return Next::Close;
        };
        let Some(index) = self.shared.account_of_key(self.dc, *key_id) else {
            tracing::debug!(dc = self.dc, "a client has a key that is not of this world");
            transport.pack(&KEY_NOT_FOUND.to_le_bytes(), out);
            return Next::Close;
        };
        if self.account.is_some_and(|account| account != index) {
            return Next::Close;
        }
        let shared = Arc::clone(&self.shared);
        let Some((key, salts)) = shared.key(index, self.dc) else {
            return Next::Close;
        };
        let inbound = match key.open(payload).map(Inbound::parse) {
            Ok(Ok(inbound)) => inbound,
            Ok(Err(flaw)) => {
                tracing::debug!(?flaw, "a message is garbled");
                return Next::Close;
            }
            Err(error) => {
                tracing::debug!(%error, "a message cannot be decrypted");
                return Next::Close;
            }
        };
        self.account = Some(index);
        self.link.heard(&shared, index, inbound.msg_id);
        let mut round = Round::default();
        let session = self.session(index, &inbound, &mut round);
        if !salts.accepts(inbound.salt) {
            round.outgoing.push(bad_salt(&inbound, salts.current()));
        } else if let Some(code) = misnumbered(&inbound) {
            round.outgoing.push(bad_message(inbound.msg_id, inbound.seq_no, code));
        } else {
            match inbound.requests() {
                Ok(requests) => self.handle_all(&requests, &session, &mut round),
                Err(Flaw::Container) => {
                    round.outgoing.push(bad_message(inbound.msg_id, inbound.seq_no, 64));
                }
                Err(Flaw::Garbled) => return Next::Close,
            }
        }
        self.finish(round, &session, transport, out)
    }

    /// The session of a message; if it is new, the client is told.
    fn session(&mut self, index: usize, inbound: &Inbound<'_>, round: &mut Round) -> Arc<Session> {
        if let Some(session) = &self.session
            && session.id() == inbound.session_id
        {
            return Arc::clone(session);
        }
        let sessions = self.shared.accounts[index].sessions(self.dc);
        let (session, new) = sessions.map_or_else(
            || (Arc::new(Session::new(inbound.session_id)), true),
            |sessions| sessions.open(inbound.session_id),
        );
        if new && let Some((_, salts)) = self.shared.key(index, self.dc) {
            let created = t::NewSessionCreated {
                first_msg_id: inbound.msg_id,
                unique_id: inbound.session_id ^ salts.current(),
                server_salt: salts.current(),
            };
            round.outgoing.push(Outgoing::push(enums::NewSession::from(created).to_bytes()));
        }
        self.session = Some(Arc::clone(&session));
        session
    }

    /// Writes the logs, then the answers, then tells others.
    fn finish(
        &mut self,
        mut round: Round,
        session: &Session,
        transport: &mut Transport,
        out: &mut Vec<u8>,
    ) -> Next {
        if let Err(error) = self.shared.flush() {
            tracing::error!(%error, "the journal cannot be written: nothing is answered any more");
            return Next::Close;
        }
        if !round.acknowledge.is_empty() {
            let msg_ids = std::mem::take(&mut round.acknowledge);
            let ack = enums::MsgsAck::from(t::MsgsAck { msg_ids });
            round.outgoing.push(Outgoing::service(&ack));
        }
        self.mute |= round.mute;
        self.seal(&round.outgoing, session, transport, out);
        for (account, updates) in round.effects.pushes {
            self.shared.accounts[account].tell(&updates);
        }
        if round.close { Next::Close } else { Next::Continue }
    }

    fn seal(
        &mut self,
        outgoing: &[Outgoing],
        session: &Session,
        transport: &mut Transport,
        out: &mut Vec<u8>,
    ) {
        if self.mute {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let Some((key, salts)) = self.account.and_then(|index| shared.key(index, self.dc)) else {
            return;
        };
        let mut sealer = Sealer { key, session, salt: salts.current(), noise: &mut self.noise };
        sealer.seal(outgoing, |packet| transport.pack(packet, out));
    }

    /// Sends updates that this account has been told of.
    pub(crate) fn push(&mut self, updates: Vec<u8>, transport: &mut Transport, out: &mut Vec<u8>) {
        if let Some(session) = self.session.clone() {
            self.seal(&[Outgoing::push(updates)], &session, transport, out);
        }
    }

    /// Applies the held calls that are due.
    pub(crate) fn release(
        &mut self,
        now: Instant,
        transport: &mut Transport,
        out: &mut Vec<u8>,
    ) -> Next {
        let (due, later) = self.held.drain(..).partition(|held: &Held| held.due <= now);
        self.held = later;
        for held in due {
            let mut round = Round::default();
            if let Some(caller) = caller(&self.shared, self.account, self.dc) {
                set_in_flight(&caller, &held.call, false);
                let answer = caller
                    .admit(&held.call)
                    .and_then(|()| caller.apply(&held.call, &mut round.effects));
                answered(&self.shared, &mut round, held.method, held.req_msg_id, answer);
            }
            if self.finish(round, &held.session, transport, out) == Next::Close {
                return Next::Close;
            }
        }
        Next::Continue
    }

    fn handle_all(&mut self, requests: &[Request<'_>], session: &Arc<Session>, round: &mut Round) {
        for request in requests {
            if !session.first_time(request.msg_id) {
                // It has been answered, or is being held: only the acknowledgement can have been lost.
                round.acknowledge.push(request.msg_id);
                continue;
            }
            if !self.handle_service(request, session, round) {
                self.handle_call(request, session, round);
            }
            if round.close || round.mute {
                break;
            }
        }
    }
}
