//! Applies events through the machine: the store writes what the core decides, or nothing.

use super::claim::{READING, STATE};
use super::totals::{Changes, Whose};
use crate::rows::StateColumns;
use crate::unit::SqliteUnit;
use rusqlite::{CachedStatement, params};
use tg_core::delivery::{DeliveryState, Event, Exposure, Move, Moved, Step};
use tg_core::ids::{AccountId, DeliveryId, MessageId, ReplyId};
use tg_core::ports::{MessageOwner, StoreError};
use tg_core::time::Timestamp;

const DOING: &str = "settling a delivery";

/// What one of several parts became.
const MESSAGE: &str = "UPDATE parts SET message_id = ?3 WHERE delivery_id = ?1 AND part = ?2";

const DONE: &str = "UPDATE deliveries SET state = ?2, reason = ?3, check_kind = 0, due_at = NULL,
        settled_at = ?4, message_id = coalesce(?5, message_id)
     WHERE id = ?1";

/// [`DONE`] for a row that is as its claim of one part made it: it need not be read to know that.
const DONE_FRESH: &str = "UPDATE deliveries SET state = ?2, reason = ?3, check_kind = 0,
        due_at = NULL, settled_at = ?4, message_id = coalesce(?5, message_id)
     WHERE id = ?1 AND campaign_id = ?6 AND account_id = ?7 AND variant IS ?8 AND state = 1
         AND parts = 1 AND part = 0 AND ambiguous = 0 AND in_flight = 0 AND check_kind = 0";

/// Whose a message of an account's is.
pub(crate) const OWNER: &str = "SELECT d.id FROM deliveries d INDEXED BY deliveries_by_message
     WHERE d.account_id = ?1 AND d.message_id = ?2 AND d.message_id IS NOT NULL
     UNION ALL
     SELECT d.id FROM parts p CROSS JOIN deliveries d ON d.id = p.delivery_id
     WHERE p.message_id = ?2 AND p.message_id IS NOT NULL AND d.account_id = ?1
     LIMIT 1";

/// What is run for every row of a batch.
struct MoveStatements<'c> {
    state: CachedStatement<'c>,
    done: CachedStatement<'c>,
    fresh: CachedStatement<'c>,
    /// Whose the row was that was read last: mostly whose the next one is.
    last: Option<Whose>,
}

impl SqliteUnit<'_> {
    /// Applies every move, in order. The caller holds a savepoint: a refusal leaves nothing.
    pub(super) fn write_moves(
        &self,
        moves: &[Move],
        at: Timestamp,
    ) -> Result<Vec<Moved>, StoreError> {
        if moves.is_empty() {
            return Ok(Vec::new());
        }
        let mut statements = MoveStatements {
            state: self.prepare(READING, STATE)?,
            done: self.prepare(DOING, DONE)?,
            fresh: self.prepare(DOING, DONE_FRESH)?,
            last: None,
        };
        let mut changes = Changes::default();
        let moved = moves
            .iter()
            .map(|step| self.write_move(step, at, &mut statements, &mut changes))
            .collect::<Result<_, _>>()?;
        self.write_totals(&changes, at)?;
        Ok(moved)
    }

    fn write_move(
        &self,
        step: &Move,
        at: Timestamp,
        statements: &mut MoveStatements<'_>,
        changes: &mut Changes,
    ) -> Result<Moved, StoreError> {
        if let Some(moved) = self.end_fresh(step, at, statements, changes)? {
            return Ok(moved);
        }
        let stored = self.read_state(step.delivery, &mut statements.state)?;
        statements.last = Some(Whose::of(&stored));
        let next = stored.state.next(&step.event)?;
        let delivered = match (&stored.state, &step.event) {
            (DeliveryState::Claimed(exposure), Event::Delivered | Event::HistoryFound) => {
                step.message_id.map(|message| (exposure, message))
            }
            _ => None,
        };
        if let Some((exposure, message)) = delivered.filter(|(e, _)| e.parts > 1) {
            self.execute(DOING, MESSAGE, params![step.delivery.0, exposure.part, message.0])?;
        }
        match next.step() {
            Step::Requeue => self.write_planned(step)?,
            Step::Continue => self.write_claimed(step, &next)?,
            Step::Stop => {
                let only = delivered.filter(|(e, _)| e.parts == 1).map(|(_, message)| message);
                self.end(step.delivery, &next, only, at, &mut statements.done)?;
            }
        }
        changes.moved(Whose::of(&stored), &stored.state, &next);
        Ok(Moved { delivery: step.delivery, campaign: stored.campaign, state: next })
    }

    /// Ends what nearly every row is when it ends: claimed in one part, delivered at the first
    /// transmission. `None` if it is anything else.
    fn end_fresh(
        &self,
        step: &Move,
        at: Timestamp,
        statements: &mut MoveStatements<'_>,
        changes: &mut Changes,
    ) -> Result<Option<Moved>, StoreError> {
        let (Event::Delivered, Some(whose)) = (&step.event, statements.last) else {
            return Ok(None);
        };
        let fresh = DeliveryState::Claimed(Exposure::fresh(1));
        let next = fresh.next(&step.event)?;
        let columns = StateColumns::of(&next);
        let reason = columns.reason.as_ref().map(tg_core::delivery::Reason::as_str);
        let message = step.message_id.map(|m| m.0);
        let Whose { campaign, account, variant } = whose;
        let row = params![
            step.delivery.0,
            columns.state,
            reason,
            at.0,
            message,
            campaign.0,
            account,
            variant
        ];
        if self.run(DOING, |_| statements.fresh.execute(row))? == 0 {
            return Ok(None);
        }
        changes.moved(whose, &fresh, &next);
        Ok(Some(Moved { delivery: step.delivery, campaign, state: next }))
    }

    pub(super) fn find_message(
        &self,
        account: AccountId,
        message: MessageId,
    ) -> Result<Option<MessageOwner>, StoreError> {
        let doing = "looking for what a message belongs to";
        let key = [account.0, i64::from(message.0)];
        let delivery = self.optional(doing, OWNER, key, |row| {
            row.get(0).map(|id| MessageOwner::Delivery(DeliveryId(id)))
        })?;
        if delivery.is_some() {
            return Ok(delivery);
        }
        self.optional(
            doing,
            "SELECT id FROM replies
             WHERE account_id = ?1 AND message_id = ?2 AND message_id IS NOT NULL",
            key,
            |row| row.get(0).map(|id| MessageOwner::Reply(ReplyId(id))),
        )
    }

    /// Free again: bodies and ids go, the next claim makes its own. The account stays preferred,
    /// the person known.
    fn write_planned(&self, step: &Move) -> Result<(), StoreError> {
        let due = step.due_at.map_or(0, |due| due.0);
        self.execute(
            DOING,
            "UPDATE deliveries SET state = 0, due_at = ?2, parts = 0, part = 0, ambiguous = 0,
                in_flight = 0, check_kind = 0, reason = NULL, epoch = NULL, claimed_at = NULL
             WHERE id = ?1",
            [step.delivery.0, due],
        )?;
        self.execute(DOING, "DELETE FROM parts WHERE delivery_id = ?1", [step.delivery.0])
            .map(|_| ())
    }

    /// Still claimed: due when the move says, or in the hands of whoever moved it.
    fn write_claimed(&self, step: &Move, next: &DeliveryState) -> Result<(), StoreError> {
        let columns = StateColumns::of(next);
        let Some(exposure) = columns.exposure else { return Ok(()) };
        self.execute(
            DOING,
            "UPDATE deliveries SET parts = ?2, part = ?3, ambiguous = ?4, in_flight = ?5,
                check_kind = ?6, reason = ?7, due_at = ?8
             WHERE id = ?1",
            params![
                step.delivery.0,
                exposure.parts,
                exposure.part,
                exposure.ambiguous,
                exposure.in_flight,
                columns.check_kind,
                columns.reason.as_ref().map(tg_core::delivery::Reason::as_str),
                step.due_at.map(|due| due.0),
            ],
        )
        .map(|_| ())
    }

    pub(super) fn write_done(
        &self,
        delivery: DeliveryId,
        next: &DeliveryState,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut done = self.prepare(DOING, DONE)?;
        self.end(delivery, next, None, at, &mut done)
    }

    fn end(
        &self,
        delivery: DeliveryId,
        next: &DeliveryState,
        message: Option<MessageId>,
        at: Timestamp,
        done: &mut CachedStatement<'_>,
    ) -> Result<(), StoreError> {
        let columns = StateColumns::of(next);
        let reason = columns.reason.as_ref().map(tg_core::delivery::Reason::as_str);
        let row = params![delivery.0, columns.state, reason, at.0, message.map(|m| m.0)];
        self.run(DOING, |_| done.execute(row)).map(|_| ())
    }
}
