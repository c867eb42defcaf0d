//! The port of answers: the machine of deliveries over a table of their own.

use crate::rows::{self, STATE_COLUMNS, StateColumns, slug, state_columns, time, unreadable, uuid};
use crate::unit::{SqliteUnit, limit, missing};
use rusqlite::{Row, params};
use tg_core::delivery::{Body, DeliveryState, Event, Reason, Step};
use tg_core::ids::{AccessHash, AccountId, Epoch, MessageId, RandomId, ReplyId, UserId};
use tg_core::peer::Peer;
use tg_core::ports::{DueReply, NewReply, ReplyRecord, ReplyStore, StoreError};
use tg_core::time::Timestamp;

const SETTLING: &str = "settling an answer";

/// The hash that a claim was made with is kept; before, whatever the account knows now.
const DUE: &str = concat!(
    "SELECT ",
    state_columns!(),
    ", d.id, d.uuid, d.user_id, coalesce(d.hash, p.hash), d.text, d.random_id, d.claimed_at,
        EXISTS (SELECT 1 FROM opt_out_users u WHERE u.user_id = d.user_id
            AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.user_id = d.user_id
                AND m.outgoing = 0 AND m.opt_out = 0 AND m.heard_at > u.at)), d.confirms,
        d.body, d.is_test
     FROM replies d LEFT JOIN peers p ON p.user_id = d.user_id AND p.account_id = d.account_id
     WHERE d.account_id = ?1 AND d.state < 2 AND d.due_at <= ?2 ORDER BY d.due_at, d.id LIMIT ?3"
);

fn due(row: &Row<'_>) -> rusqlite::Result<DueReply> {
    const AT: usize = STATE_COLUMNS;
    let user = UserId(row.get(AT + 2)?);
    let hash: Option<i64> = row.get(AT + 3)?;
    Ok(DueReply {
        id: ReplyId(row.get(AT)?),
        uuid: uuid(row, AT + 1)?,
        peer: match hash {
            _ if row.get(AT + 10)? => Some(Peer::Myself { id: user }),
            hash => hash.map(|hash| Peer::User { id: user, hash: AccessHash(hash) }),
        },
        user,
        body: match row.get_ref(AT + 9)?.as_str_or_null()? {
            None => Body::text(row.get_ref(AT + 4)?.as_str()?),
            Some(json) => serde_json::from_str(json).map_err(|_| unreadable("message"))?,
        },
        state: rows::state(row, 0)?,
        random_id: row.get::<_, Option<i64>>(AT + 5)?.map(RandomId),
        claimed_at: time(row, AT + 6)?,
        silenced: row.get(AT + 7)?,
        confirms: row.get(AT + 8)?,
    })
}

/// The columns that [`record`] reads, with the start of the statement.
macro_rules! select_record {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            state_columns!(),
            ", d.id, a.name, d.user_id, d.text, d.written_at, d.message_id, d.settled_at
             FROM replies d JOIN accounts a ON a.id = d.account_id ",
            $rest
        )
    };
}

fn record(row: &Row<'_>) -> rusqlite::Result<ReplyRecord> {
    const AT: usize = STATE_COLUMNS;
    Ok(ReplyRecord {
        id: ReplyId(row.get(AT)?),
        account: slug(row, AT + 1)?,
        user: UserId(row.get(AT + 2)?),
        text: row.get(AT + 3)?,
        written_at: Timestamp(row.get(AT + 4)?),
        state: rows::state(row, 0)?,
        message_id: row.get::<_, Option<i32>>(AT + 5)?.map(MessageId),
        settled_at: time(row, AT + 6)?,
    })
}

impl SqliteUnit<'_> {
    fn reply_state(&self, id: ReplyId) -> Result<DeliveryState, StoreError> {
        self.optional(
            "reading an answer",
            concat!("SELECT ", state_columns!(), " FROM replies d WHERE d.id = ?1"),
            [id.0],
            |row| rows::state(row, 0),
        )?
        .ok_or_else(|| missing("answer", id))
    }

    /// A delivered answer is a message of its conversation, unless it was heard of already.
    fn join_conversation(
        &self,
        id: ReplyId,
        message: MessageId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.execute(
            SETTLING,
            "UPDATE replies SET message_id = ?2 WHERE id = ?1",
            params![id.0, message.0],
        )?;
        // What an account writes to itself is nobody's conversation.
        self.execute(
            SETTLING,
            "INSERT INTO messages (account_id, user_id, message_id, outgoing, at, heard_at, text,
                 opt_out)
             SELECT account_id, user_id, ?2, 1, ?3, ?3, text, 0 FROM replies
             WHERE id = ?1 AND is_test = 0
             ON CONFLICT (account_id, message_id) DO NOTHING",
            params![id.0, message.0, at.0],
        )
        .map(|_| ())
    }

    fn write_reply(
        &self,
        id: ReplyId,
        next: &DeliveryState,
        due_at: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let columns = StateColumns::of(next);
        let reason = columns.reason.as_ref().map(Reason::as_str);
        match next.step() {
            Step::Requeue => self.execute(
                SETTLING,
                "UPDATE replies SET state = 0, due_at = ?2, parts = 0, part = 0, ambiguous = 0,
                    in_flight = 0, check_kind = 0, reason = NULL, epoch = NULL, hash = NULL,
                    random_id = NULL, claimed_at = NULL
                 WHERE id = ?1",
                [id.0, due_at.map_or(0, |due| due.0)],
            ),
            Step::Continue => {
                let Some(exposure) = columns.exposure else { return Ok(()) };
                self.execute(
                    SETTLING,
                    "UPDATE replies SET ambiguous = ?2, in_flight = ?3, check_kind = ?4,
                        reason = ?5, due_at = ?6
                     WHERE id = ?1",
                    params![
                        id.0,
                        exposure.ambiguous,
                        exposure.in_flight,
                        columns.check_kind,
                        reason,
                        due_at.map(|due| due.0)
                    ],
                )
            }
            Step::Stop => self.execute(
                SETTLING,
                "UPDATE replies SET state = ?2, reason = ?3, check_kind = 0, due_at = NULL,
                    settled_at = ?4
                 WHERE id = ?1",
                params![id.0, columns.state, reason, at.0],
            ),
        }
        .map(|_| ())
    }
}

impl ReplyStore for SqliteUnit<'_> {
    fn add_reply(&mut self, reply: &NewReply, at: Timestamp) -> Result<ReplyId, StoreError> {
        let plain = reply.body == Body::text(&reply.body.text);
        self.run("recording an answer", |conn| {
            let rich = (!plain).then(|| serde_json::to_string(&reply.body)).transpose();
            let rich = rich.map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
            conn.prepare_cached(
                "INSERT INTO replies (uuid, account_id, user_id, text, written_at, state, due_at,
                     body, is_test)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, ?5, ?6, ?7)",
            )?
            .insert(params![
                reply.uuid.as_bytes(),
                reply.account.0,
                reply.user.0,
                reply.body.text,
                at.0,
                rich,
                reply.is_test
            ])
        })
        .map(ReplyId)
    }

    fn confirm_opt_out(&mut self, reply: &NewReply, at: Timestamp) -> Result<bool, StoreError> {
        let added = self.execute(
            "recording the confirmation of an opt-out",
            "INSERT INTO replies (uuid, account_id, user_id, text, written_at, state, due_at,
                 confirms)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?5, 1)
             ON CONFLICT (user_id) WHERE confirms = 1 DO NOTHING",
            params![reply.uuid.as_bytes(), reply.account.0, reply.user.0, reply.body.text, at.0],
        )?;
        Ok(added > 0)
    }

    fn due_replies(
        &self,
        account: AccountId,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<DueReply>, StoreError> {
        self.all("reading due answers", DUE, [account.0, now.0, limit(most)], due)
    }

    fn next_reply_due(&self, account: AccountId) -> Result<Option<Timestamp>, StoreError> {
        self.one(
            "looking for the next answer",
            "SELECT min(coalesce(due_at, 0)) FROM replies WHERE account_id = ?1 AND state < 2",
            [account.0],
            |row| time(row, 0),
        )
    }

    fn replying(&self) -> Result<Vec<AccountId>, StoreError> {
        self.all(
            "looking for open answers",
            "SELECT DISTINCT account_id FROM replies WHERE state < 2",
            [],
            |row| row.get(0).map(AccountId),
        )
    }

    fn claim_reply(
        &mut self,
        epoch: Epoch,
        reply: ReplyId,
        peer: Peer,
        random_id: RandomId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.fence(epoch)?;
        self.reply_state(reply)?.next(&Event::Claim { parts: 1 })?;
        let hash = peer.hash();
        self.execute(
            "claiming an answer",
            "UPDATE replies SET state = 1, parts = 1, part = 0, due_at = NULL, epoch = ?2,
                hash = ?3, random_id = ?4, claimed_at = ?5
             WHERE id = ?1",
            [reply.0, epoch.0, hash.0, random_id.0, at.0],
        )?;
        self.count_claim()
    }

    fn take_reply(&mut self, epoch: Epoch, reply: ReplyId) -> Result<(), StoreError> {
        self.fence(epoch)?;
        self.execute(
            "taking an answer to repeat",
            "UPDATE replies SET due_at = NULL, epoch = ?2 WHERE id = ?1 AND state = 1",
            [reply.0, epoch.0],
        )?;
        self.count_claim()
    }

    fn settle_reply(
        &mut self,
        epoch: Epoch,
        reply: ReplyId,
        event: &Event,
        due_at: Option<Timestamp>,
        message: Option<MessageId>,
        at: Timestamp,
    ) -> Result<DeliveryState, StoreError> {
        self.fence(epoch)?;
        let next = self.reply_state(reply)?.next(event)?;
        if let (Event::Delivered | Event::HistoryFound, Some(message)) = (event, message) {
            self.join_conversation(reply, message, at)?;
        }
        self.write_reply(reply, &next, due_at, at)?;
        Ok(next)
    }

    fn interrupt_replies(
        &mut self,
        epoch: Epoch,
        crashed: Option<AccountId>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.fence(epoch)?;
        let rows = self.execute(
            "counting claimed answers as possibly sent",
            "UPDATE replies SET ambiguous = 1, due_at = ?3, epoch = ?1
             WHERE state = 1 AND ((?2 IS NULL AND epoch < ?1) OR (account_id = ?2 AND due_at IS NULL))",
            params![epoch.0, crashed.map(|id| id.0), now.0],
        )?;
        Ok(u64::try_from(rows).unwrap_or(u64::MAX))
    }

    fn abandon_replies(
        &mut self,
        gone: Option<AccountId>,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let reason = if gone.is_some() { Reason::ACCOUNT_GONE } else { Reason::RESTORED };
        let rows = self.execute(
            "giving up answers",
            "UPDATE replies SET state = 5, reason = ?2, check_kind = 0, due_at = NULL,
                settled_at = ?3
             WHERE (?1 IS NULL AND state < 2) OR (account_id = ?1 AND state = 1)",
            params![gone.map(|id| id.0), reason.as_str(), now.0],
        )?;
        Ok(u64::try_from(rows).unwrap_or(u64::MAX))
    }

    fn reply(&self, id: ReplyId) -> Result<ReplyRecord, StoreError> {
        self.optional("reading an answer", select_record!("WHERE d.id = ?1"), [id.0], record)?
            .ok_or_else(|| missing("answer", id))
    }

    fn open_replies(&self, user: UserId, most: usize) -> Result<Vec<ReplyRecord>, StoreError> {
        let mut newest = self.all(
            "reading answers",
            select_record!("WHERE d.user_id = ?1 AND d.state <> 2 ORDER BY d.id DESC LIMIT ?2"),
            [user.0, limit(most)],
            record,
        )?;
        newest.reverse();
        Ok(newest)
    }
}
