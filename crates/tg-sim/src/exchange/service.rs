//! Service messages: acknowledgements, pings, salts, states (core.telegram.org/mtproto/service_messages).

use std::sync::Arc;
use std::time::Duration;

use grammers_tl_types::{self as tl, Deserializable, Identifiable, Serializable};
use tl::{enums, functions as f, types as t};

use super::conversation::{Exchange, Round};
use crate::clock;
use crate::mtproto::{Inbound, Outgoing, Request, Session};

/// How far a client's clock may be behind and ahead, seconds (core.telegram.org/mtproto/description#message-identifier-msg-id).
const OLDEST: i64 = 300;
const NEWEST: i64 = 30;

impl Exchange {
    /// Service messages (core.telegram.org/mtproto/service_messages); false if it is a call of the API.
    pub(super) fn handle_service(
        &mut self,
        request: &Request<'_>,
        session: &Arc<Session>,
        round: &mut Round,
    ) -> bool {
        let body = &*request.body;
        let id = u32::from_bytes(body).unwrap_or_default();
        match id {
            t::MsgsAck::CONSTRUCTOR_ID
            | t::HttpWait::CONSTRUCTOR_ID
            | t::MsgsStateInfo::CONSTRUCTOR_ID
            | t::MsgsAllInfo::CONSTRUCTOR_ID
            | t::MsgResendReq::CONSTRUCTOR_ID => {}
            f::Ping::CONSTRUCTOR_ID => {
                if let Some(ping) = arguments::<f::Ping>(body) {
                    round.outgoing.push(pong(request.msg_id, ping.ping_id));
                }
            }
            f::PingDelayDisconnect::CONSTRUCTOR_ID => {
                if let Some(ping) = arguments::<f::PingDelayDisconnect>(body) {
                    let seconds = u64::try_from(ping.disconnect_delay).unwrap_or(0).clamp(1, 600);
                    self.idle_limit = Some(Duration::from_secs(seconds));
                    round.outgoing.push(pong(request.msg_id, ping.ping_id));
                }
            }
            f::GetFutureSalts::CONSTRUCTOR_ID => {
                let key = self.account.and_then(|index| self.shared.key(index, self.dc));
                if let (Some((_, salts)), Some(args)) = (key, arguments::<f::GetFutureSalts>(body))
                {
                    let salts = t::FutureSalts {
                        req_msg_id: request.msg_id,
                        now: clock::date(),
                        salts: tl::RawVec(salts.future(args.num)),
                    };
                    let salts = enums::FutureSalts::from(salts);
                    round.outgoing.push(Outgoing::service(&salts));
                }
            }
            t::MsgsStateReq::CONSTRUCTOR_ID => {
                if let Some(args) = arguments::<t::MsgsStateReq>(body) {
                    round.outgoing.push(states(request.msg_id, &args.msg_ids, session));
                }
            }
            f::RpcDropAnswer::CONSTRUCTOR_ID => {
                let answer = self.drop_answer(body);
                round.outgoing.push(Outgoing::result(request.msg_id, &answer.to_bytes()));
            }
            f::DestroySession::CONSTRUCTOR_ID => {
                if let Some(args) = arguments::<f::DestroySession>(body) {
                    round.outgoing.push(self.destroy_session(args.session_id));
                }
            }
            _ => return false,
        }
        true
    }

    /// A call that is still held can be taken back; others have been answered.
    fn drop_answer(&mut self, body: &[u8]) -> enums::RpcDropAnswer {
        let unknown = enums::RpcDropAnswer::RpcAnswerUnknown;
        let Some(args) = arguments::<f::RpcDropAnswer>(body) else {
            return unknown;
        };
        let mut held = self.held.iter();
        if held.any(|held| held.req_msg_id == args.req_msg_id) {
            enums::RpcDropAnswer::RpcAnswerDroppedRunning
        } else {
            unknown
        }
    }

    fn destroy_session(&self, session_id: i64) -> Outgoing {
        let account = self.account.and_then(|index| self.shared.accounts.get(index));
        let sessions = account.and_then(|account| account.sessions(self.dc));
        let result: enums::DestroySessionRes = if sessions.is_some_and(|s| s.destroy(session_id)) {
            t::DestroySessionOk { session_id }.into()
        } else {
            t::DestroySessionNone { session_id }.into()
        };
        Outgoing::service(&result)
    }
}

/// What is wrong with a message's id, as the code of `bad_msg_notification`.
pub(super) fn misnumbered(inbound: &Inbound<'_>) -> Option<i32> {
    let (sent, now) = (inbound.msg_id >> 32, clock::seconds());
    if inbound.msg_id & 3 != 0 {
        return Some(18);
    }
    if sent < now - OLDEST {
        return Some(16);
    }
    if sent > now + NEWEST {
        return Some(17);
    }
    // Containers are not content-related.
    (inbound.is_container() && inbound.seq_no & 1 != 0).then_some(34)
}

pub(super) fn bad_message(bad_msg_id: i64, bad_msg_seqno: i32, error_code: i32) -> Outgoing {
    let bad = t::BadMsgNotification { bad_msg_id, bad_msg_seqno, error_code };
    Outgoing::service(&enums::BadMsgNotification::from(bad))
}

pub(super) fn bad_salt(inbound: &Inbound<'_>, new_server_salt: i64) -> Outgoing {
    let bad = t::BadServerSalt {
        bad_msg_id: inbound.msg_id,
        bad_msg_seqno: inbound.seq_no,
        error_code: 48,
        new_server_salt,
    };
    Outgoing::service(&enums::BadMsgNotification::from(bad))
}

pub(super) fn pong(msg_id: i64, ping_id: i64) -> Outgoing {
    Outgoing::service(&enums::Pong::from(t::Pong { msg_id, ping_id }))
}

/// 4: received; 2: not received, but within what is remembered.
pub(super) fn states(req_msg_id: i64, asked: &[i64], session: &Session) -> Outgoing {
    let state = |id: &i64| if session.knows(*id) { 4 } else { 2 };
    let info = t::MsgsStateInfo { req_msg_id, info: asked.iter().map(state).collect() };
    Outgoing::service(&enums::MsgsStateInfo::from(info))
}

/// Arguments behind the constructor's number.
pub(super) fn arguments<T: Deserializable>(body: &[u8]) -> Option<T> {
    T::from_bytes(body.get(4..)?).ok()
}
