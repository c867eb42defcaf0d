//! One text, for the recipients whose questions are the same: charged, asked for, checked, kept.
//! The facts are read in the transaction that spends, so that nobody who said no meanwhile is
//! written about, and every answer is committed before the next step.

use super::job::Job;
use super::mood::Next;
use super::purse::{self, Paid, Purse};
use super::task::Desk;
use std::sync::Arc;
use tg_core::delivery::{Event, Move};
use tg_core::ids::DeliveryId;
use tg_core::personal::{Ask, Draft, Fallback, Usage};
use tg_core::ports::{
    NewDraft, StoreError, TextWriter, Unit, Unwritten, WrittenText, may_have_cost,
};
use tg_core::time::Timestamp;

/// Recipients who get the same text.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) job: Arc<Job>,
    pub(super) ask: Ask,
    pub(super) tag: [u8; 16],
    pub(super) rows: Vec<DeliveryId>,
    /// The language that they read, if the model is told.
    pub(super) reads: Option<String>,
}

/// What became of a piece.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    /// Recipients with a text of their own.
    pub(super) written: u64,
    /// Recipients with the template, and why.
    pub(super) fallback: Option<(Fallback, u64)>,
}

/// What the transaction before the question found.
enum Opening {
    /// Nobody waits for it any more, or it was there already.
    Closed(Done),
    /// It is paid for.
    Ask(Paid, Vec<DeliveryId>),
    /// A budget does not hold it.
    Empty(Fallback, Timestamp),
}

impl Desk {
    /// Writes one text, or decides for the template; leaves it alone if the run stops.
    pub(super) async fn write(
        &self,
        writer: &dyn TextWriter,
        piece: Piece,
    ) -> Result<Done, StoreError> {
        let mut tried = 0;
        loop {
            let now = self.clock.now();
            if self.stop.is_begun() {
                return Ok(Done::default());
            }
            let hopeless = self.mood().hopeless(piece.job.campaign.id, now);
            if let Some(reason) = hopeless {
                return self.give_up(&piece.rows, reason).await;
            }
            let asking = self.turns.begin();
            let (paid, rows) = match self.open(&piece).await? {
                Opening::Closed(done) => return Ok(done),
                Opening::Ask(paid, rows) => (paid, rows),
                Opening::Empty(reason, until) => {
                    drop(asking);
                    // What is on its way was charged at its most: its bill may leave room.
                    if self.turns.others_settled().await {
                        continue;
                    }
                    self.mood().spent(piece.job.campaign.id, until, reason);
                    self.tell_spent(&piece.job, reason).await?;
                    return self.give_up(&piece.rows, reason).await;
                }
            };
            let answer = writer.write(&piece.ask, self.options.longest_answer).await;
            let failure = match answer {
                Ok(written) => {
                    self.mood().answered();
                    let done = self.keep(&piece, rows, written, paid).await;
                    drop(asking);
                    return done;
                }
                Err(failure) => failure,
            };
            if may_have_cost(&failure) {
                tried += 1;
            } else {
                self.settle(paid, Usage::default()).await?;
            }
            drop(asking);
            self.tell_refused(&failure).await?;
            let now = self.clock.now();
            let patience = self.options.patience;
            let next = self.mood().failed(&failure, tried, patience, now, self.entropy.as_ref());
            match next {
                Next::Again(pause) => tokio::select! {
                    () = self.clock.sleep(pause) => {}
                    () = self.stop.begun() => {}
                },
                Next::Template(reason) => return self.give_up(&piece.rows, reason).await,
            }
        }
    }

    /// The transaction before a question: who still waits, whether the text is there already, whether
    /// it can be paid for.
    async fn open(&self, piece: &Piece) -> Result<Opening, StoreError> {
        let (piece, epoch, now) = (piece.clone(), self.epoch, self.clock.now());
        let options = self.options.clone();
        let store = Arc::clone(&self.store);
        store
            .write(move |unit| {
                let waiting = unit.still_unwritten(&piece.rows)?;
                let rows = permitted(unit, epoch, waiting, now)?;
                if rows.is_empty() {
                    return Ok(Opening::Closed(Done::default()));
                }
                if let Some(text) = unit.reusable(piece.job.campaign.id, piece.tag)? {
                    let usage = Usage::default();
                    let done = put(unit, &piece, &rows, Ok(text), usage, now)?;
                    return Ok(Opening::Closed(done));
                }
                let most = Usage::most(&piece.ask, options.longest_answer);
                Ok(match purse::charge(unit, &piece.job, &options, most, now)? {
                    Purse::Paid(paid) => Opening::Ask(paid, rows),
                    Purse::Empty(reason, until) => Opening::Empty(reason, until),
                })
            })
            .await
    }

    /// The transaction after an answer: the bill, and the text or the reason against it.
    async fn keep(
        &self,
        piece: &Piece,
        rows: Vec<DeliveryId>,
        written: WrittenText,
        paid: Paid,
    ) -> Result<Done, StoreError> {
        let (piece, now) = (piece.clone(), self.clock.now());
        let options = self.options.clone();
        let text = written.text.and_then(|text| {
            piece.job.rules.check(&text, piece.reads.as_deref()).map_err(Fallback::Flawed)
        });
        self.store
            .write(move |unit| {
                let billed = written.usage.unwrap_or_else(|| paid.most());
                purse::settle(unit, &options, &paid, billed)?;
                put(unit, &piece, &rows, text, billed, now)
            })
            .await
    }

    async fn settle(&self, paid: Paid, billed: Usage) -> Result<(), StoreError> {
        let options = self.options.clone();
        self.store.write(move |unit| purse::settle(unit, &options, &paid, billed)).await
    }

    /// These recipients get the template.
    pub(super) async fn give_up(
        &self,
        rows: &[DeliveryId],
        reason: Fallback,
    ) -> Result<Done, StoreError> {
        let (rows, epoch, now) = (rows.to_vec(), self.epoch, self.clock.now());
        self.store
            .write(move |unit| {
                let waiting = unit.still_unwritten(&rows)?;
                let rows = permitted(unit, epoch, waiting, now)?;
                template(unit, &rows, reason, Usage::default(), now)
            })
            .await
    }
}

/// Those who may be written to; the others are skipped, as a claim would.
pub(super) fn permitted(
    unit: &mut dyn Unit,
    epoch: tg_core::ids::Epoch,
    waiting: Vec<Unwritten>,
    now: Timestamp,
) -> Result<Vec<DeliveryId>, StoreError> {
    let (mut rows, mut moves) = (Vec::with_capacity(waiting.len()), Vec::new());
    for row in waiting {
        match row.permission.obstacle() {
            None => rows.push(row.delivery),
            Some(reason) => moves.push(Move {
                delivery: row.delivery,
                event: Event::Ineligible(reason),
                due_at: None,
                message_id: None,
            }),
        }
    }
    if !moves.is_empty() {
        unit.settle(epoch, &moves, now)?;
    }
    Ok(rows)
}

fn put(
    unit: &mut dyn Unit,
    piece: &Piece,
    rows: &[DeliveryId],
    text: Result<String, Fallback>,
    usage: Usage,
    now: Timestamp,
) -> Result<Done, StoreError> {
    let text = match text {
        Ok(text) => text,
        Err(reason) => return template(unit, rows, reason, usage, now),
    };
    let draft = if piece.job.personal.review { Draft::Written } else { Draft::Approved };
    let drafts = drafts(rows, usage, |_| draft(text.clone()), Some(piece.tag));
    Ok(Done { written: unit.put_drafts(&drafts, now)?, fallback: None })
}

pub(super) fn template(
    unit: &mut dyn Unit,
    rows: &[DeliveryId],
    reason: Fallback,
    usage: Usage,
    now: Timestamp,
) -> Result<Done, StoreError> {
    let drafts = drafts(rows, usage, |_| Draft::Template(reason), None);
    let count = unit.put_drafts(&drafts, now)?;
    Ok(Done { written: 0, fallback: (count > 0).then_some((reason, count)) })
}

/// The first of those who share a text has its bill.
fn drafts(
    rows: &[DeliveryId],
    usage: Usage,
    draft: impl Fn(DeliveryId) -> Draft,
    tag: Option<[u8; 16]>,
) -> Vec<NewDraft> {
    let bills = std::iter::once(usage).chain(std::iter::repeat(Usage::default()));
    rows.iter()
        .zip(bills)
        .map(|(row, usage)| NewDraft { delivery: *row, draft: draft(*row), tag, usage })
        .collect()
}
