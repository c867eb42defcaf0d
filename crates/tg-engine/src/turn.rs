//! One turn of an account: what it learned and what came of its sends is written, and what it sends
//! next is claimed, in one transaction.

use crate::alerts;
use crate::control::Live;
use crate::learn::{self, Ask, Learned};
use crate::steps::{Step, reach};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tg_core::account::AccountState;
use tg_core::campaign::{CampaignState, Pace};
use tg_core::delivery::{Candidate, ClaimedPart, Event, Move, Moved, Repeat};
use tg_core::ids::{AccountId, CampaignId, DeliveryId, Epoch, Slug};
use tg_core::judge::{self, Judgement, RepeatJudgement};
use tg_core::peer::Peer;
use tg_core::ports::{AuditEntry, ClaimBatch, IdKey, MessageOwner, StoreError, Unit, Wait};
use tg_core::time::Timestamp;

/// Repeats that one turn takes.
const REPEATS: usize = 64;

/// What an account knows when its turn comes.
pub(crate) struct TurnInput {
    pub(crate) epoch: Epoch,
    pub(crate) account: AccountId,
    pub(crate) name: Slug,
    pub(crate) is_bot: bool,
    pub(crate) now: Timestamp,
    pub(crate) id_key: Arc<dyn IdKey>,
    pub(crate) learned: Vec<Learned>,
    pub(crate) moves: Vec<Move>,
    pub(crate) waits: Vec<Wait>,
    /// The account's new state, with Telegram's name for the reason.
    pub(crate) fault: Option<(AccountState, String)>,
    /// An alert that is raised again within this time is only counted.
    pub(crate) alert_quiet: Duration,
    /// `None`: write only.
    pub(crate) wants: Option<Wants>,
}

/// What an account may claim in a turn.
#[derive(Clone)]
pub(crate) struct Wants {
    pub(crate) campaigns: Vec<Arc<Live>>,
    /// Granted by the account's own pace.
    pub(crate) paced_sends: u32,
    pub(crate) paced_resolves: u32,
    /// For campaigns without a pace (loopback only).
    pub(crate) free_sends: u32,
    pub(crate) free_resolves: u32,
    /// Claimed rows that are due again: not while an imposed wait holds.
    pub(crate) repeats: bool,
}

/// Something to be sent or looked for.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    pub(crate) delivery: DeliveryId,
    pub(crate) campaign: CampaignId,
    pub(crate) peer: Peer,
    pub(crate) part: ClaimedPart,
    pub(crate) task: Task,
    /// It spent a permit of the account's own pace.
    pub(crate) paced: bool,
}

/// What to do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Send,
    /// Look for it in the history, from its claim on.
    Look {
        since: Timestamp,
    },
}

/// What a turn made.
#[derive(Default)]
pub(crate) struct TurnOutput {
    pub(crate) moved: Vec<Moved>,
    pub(crate) ready: Vec<Ready>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) used_paced_sends: u32,
    pub(crate) used_paced_resolves: u32,
    /// The account may not send any more: another process said so.
    pub(crate) stopped: bool,
    /// Rows were moved without being in hand; there may be more behind them.
    pub(crate) swept: bool,
    /// A due row has to be asked about, and the pace grants no question now.
    pub(crate) starved: bool,
}

/// Runs a turn inside its transaction.
pub(crate) fn run(unit: &mut dyn Unit, input: &TurnInput) -> Result<TurnOutput, StoreError> {
    let mut out = TurnOutput::default();
    for wait in &input.waits {
        unit.put_wait(wait, input.now)?;
    }
    let mut moves = learn::write(unit, input.account, &input.learned)?;
    reach(Step::TurnLearned);
    for step in &input.moves {
        moves.push(owned(unit, input.account, step.clone())?);
    }
    if !moves.is_empty() {
        out.moved = unit.settle(input.epoch, &moves, input.now)?;
    }
    reach(Step::TurnSettled);
    if let Some((state, reason)) = &input.fault {
        stop_account(unit, input, state, reason)?;
        out.stopped = true;
    }
    if let (Some(wants), false) = (&input.wants, out.stopped) {
        let account = unit.account_named(&input.name)?;
        if account.is_none_or(|a| !a.state.may_send()) {
            out.stopped = true;
            return Ok(out);
        }
        if wants.repeats {
            take_repeats(unit, input, &mut out)?;
        }
        claim(unit, input, wants, &mut out)?;
    }
    reach(Step::TurnClaimed);
    Ok(out)
}

/// A message id belongs to one delivery or answer: what the history shows may be another campaign's
/// message, or what a person wrote, with the same text, and then it proves nothing.
fn owned(unit: &dyn Unit, account: AccountId, mut step: Move) -> Result<Move, StoreError> {
    if step.event == Event::HistoryFound
        && let Some(message) = step.message_id
        && let Some(owner) = unit.message_owner(account, message)?
        && owner != MessageOwner::Delivery(step.delivery)
    {
        step.event = Event::HistoryAbsent { complete: false };
        step.message_id = None;
    }
    Ok(step)
}

fn stop_account(
    unit: &mut dyn Unit,
    input: &TurnInput,
    state: &AccountState,
    reason: &str,
) -> Result<(), StoreError> {
    unit.set_account_state(input.account, state, input.now)?;
    let alert = alerts::stopped(&input.name, state, reason);
    unit.raise_alert(&alert, input.alert_quiet, input.now)?;
    unit.audit(&AuditEntry {
        at: input.now,
        actor: "engine".to_owned(),
        action: "account.stop".to_owned(),
        object: format!("account/{}", input.name),
        outcome: "done",
        detail: format!("{} ({reason})", state.name()),
        ..AuditEntry::default()
    })
}

/// Takes claimed rows that are due again into hand, after the checks of a claim.
fn take_repeats(
    unit: &mut dyn Unit,
    input: &TurnInput,
    out: &mut TurnOutput,
) -> Result<(), StoreError> {
    let repeats = unit.repeats(input.account, input.now, REPEATS)?;
    if repeats.is_empty() {
        return Ok(());
    }
    let states: BTreeMap<CampaignId, CampaignState> = unit
        .campaigns(&[CampaignState::Running, CampaignState::Canceled, CampaignState::Finished])?
        .into_iter()
        .map(|c| (c.id, c.state))
        .collect();
    let mut moves = Vec::new();
    let mut taken = Vec::new();
    for repeat in repeats {
        let state = states.get(&repeat.campaign).copied().unwrap_or(CampaignState::Paused);
        let task = match judge::repeat(&repeat, state, input.now) {
            RepeatJudgement::Hold => continue,
            RepeatJudgement::Move(m) => {
                moves.push(m);
                continue;
            }
            RepeatJudgement::Send => Task::Send,
            RepeatJudgement::History => Task::Look { since: repeat.claimed_at },
        };
        taken.push(repeat.delivery);
        out.ready.push(ready_again(repeat, task));
    }
    if !moves.is_empty() {
        out.swept = true;
        out.moved.extend(unit.settle(input.epoch, &moves, input.now)?);
    }
    if !taken.is_empty() {
        unit.take_repeats(input.epoch, &taken)?;
    }
    Ok(())
}

fn ready_again(repeat: Repeat, task: Task) -> Ready {
    Ready {
        delivery: repeat.delivery,
        campaign: repeat.campaign,
        peer: repeat.peer,
        part: repeat.part,
        task,
        paced: false,
    }
}

/// Claims what is due, campaign by campaign, within what the pace grants.
fn claim(
    unit: &mut dyn Unit,
    input: &TurnInput,
    wants: &Wants,
    out: &mut TurnOutput,
) -> Result<(), StoreError> {
    let mut batch = ClaimBatch {
        epoch: input.epoch,
        account: input.account,
        at: input.now,
        claims: Vec::new(),
        moves: Vec::new(),
    };
    // What is repeated takes the place of what could be claimed: otherwise every crash in a row would
    // leave one more batch in doubt.
    let repeated = u32::try_from(out.ready.len()).unwrap_or(u32::MAX);
    let (mut free_sends, mut free_resolves) =
        (wants.free_sends.saturating_sub(repeated), wants.free_resolves);
    let granted = wants.paced_sends.saturating_sub(repeated);
    let mut paced_sends = granted;
    let mut paced_resolves = wants.paced_resolves;
    for live in &wants.campaigns {
        let paced = live.campaign.pace != Pace::Unlimited;
        let (sends, resolves) = if paced {
            (&mut paced_sends, &mut paced_resolves)
        } else {
            (&mut free_sends, &mut free_resolves)
        };
        if *sends == 0 {
            continue;
        }
        let mut judge = Judging { input, live, sends, resolves, paced };
        judge.campaign(unit, &mut batch, out)?;
    }
    out.used_paced_sends = granted - paced_sends;
    out.used_paced_resolves = wants.paced_resolves - paced_resolves;
    if batch.claims.is_empty() && batch.moves.is_empty() {
        return Ok(());
    }
    out.swept |= !batch.moves.is_empty();
    let moved = unit.claim(&batch)?;
    // Claims are no news; the rows that were swept on the way are.
    out.moved
        .extend(moved.into_iter().filter(|m| batch.moves.iter().any(|b| b.delivery == m.delivery)));
    Ok(())
}

/// Judging the due rows of one campaign.
struct Judging<'a> {
    input: &'a TurnInput,
    live: &'a Live,
    sends: &'a mut u32,
    resolves: &'a mut u32,
    paced: bool,
}

impl Judging<'_> {
    fn campaign(
        &mut self,
        unit: &mut dyn Unit,
        batch: &mut ClaimBatch,
        out: &mut TurnOutput,
    ) -> Result<(), StoreError> {
        let campaign = &self.live.campaign;
        let (account, now) = (self.input.account, self.input.now);
        let few = usize::try_from(*self.sends).unwrap_or(usize::MAX);
        let candidates = unit.candidates(campaign.id, account, now, few)?;
        let more = candidates.len() == few;
        self.candidates(candidates, batch, out);
        if !more || *self.sends == 0 {
            return Ok(());
        }
        // Rows that only need to be asked about, or are swept, must not hide claimable ones behind
        // them. Nothing is written meanwhile: the first ones are the same.
        let most = usize::try_from(*self.resolves).unwrap_or(usize::MAX).saturating_add(16);
        let most = most.saturating_add(few);
        let candidates = unit.candidates(campaign.id, account, now, most)?;
        self.candidates(candidates.into_iter().skip(few), batch, out);
        Ok(())
    }

    fn candidates(
        &mut self,
        rows: impl IntoIterator<Item = Candidate>,
        batch: &mut ClaimBatch,
        out: &mut TurnOutput,
    ) {
        for row in rows {
            if *self.sends == 0 {
                break;
            }
            self.candidate(row, batch, out);
        }
    }

    fn candidate(&mut self, row: Candidate, batch: &mut ClaimBatch, out: &mut TurnOutput) {
        let campaign = &self.live.campaign;
        let key = self.input.id_key.as_ref();
        match judge::candidate(&row, campaign, &self.live.content, self.input.is_bot, key) {
            Judgement::Move(m) => batch.moves.push(m),
            Judgement::Claim(claim) => {
                *self.sends -= 1;
                if let Some(part) = claim.parts.first().cloned() {
                    out.ready.push(Ready {
                        delivery: claim.delivery,
                        campaign: campaign.id,
                        peer: claim.peer,
                        part,
                        task: Task::Send,
                        paced: self.paced,
                    });
                }
                batch.claims.push(claim);
            }
            Judgement::Resolve { address, otherwise } if *self.resolves > 0 => {
                *self.resolves -= 1;
                out.asks.push(Ask {
                    delivery: row.delivery,
                    campaign: campaign.id,
                    contact: row.contact,
                    expected: row.person.user_id,
                    address,
                    otherwise,
                    paced: self.paced,
                });
            }
            Judgement::Resolve { .. } => out.starved = true,
        }
    }
}
