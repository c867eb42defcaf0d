//! What people want of the running engine, read from the database: another terminal's `pause`
//! works because this looks, not because it is told.

use crate::board::Board;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tg_core::account::Account;
use tg_core::campaign::{Campaign, CampaignState};
use tg_core::content::Content;
use tg_core::ids::{AccountId, CampaignId};
use tg_core::ports::{Loan, Store, StoreError};
use tg_core::proxy::Exit;
use tg_core::time::Timestamp;

/// A snapshot of campaigns, their compiled content, and accounts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Control {
    pub(crate) campaigns: BTreeMap<CampaignId, Arc<Live>>,
    pub(crate) accounts: BTreeMap<AccountId, Account>,
    /// Accounts that a command wants, or has.
    pub(crate) loans: Vec<Loan>,
    /// Those of them that the engine leaves alone.
    pub(crate) lent: BTreeSet<AccountId>,
    /// Accounts with answers to send.
    pub(crate) replying: BTreeSet<AccountId>,
    /// When the next row of each account falls due, for those that have one.
    pub(crate) due: BTreeMap<AccountId, Timestamp>,
}

/// States in which a campaign may have something to do, or to hear.
const LIVE: [CampaignState; 5] = [
    CampaignState::Scheduled,
    CampaignState::Running,
    CampaignState::Pausing,
    CampaignState::Paused,
    CampaignState::Canceled,
];

/// A campaign that began and has not finished, with what it says compiled.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) campaign: Campaign,
    pub(crate) content: Arc<Content>,
}

impl Control {
    /// Running campaigns that the account works for, oldest first.
    pub(crate) fn running_for(&self, account: AccountId) -> Vec<Arc<Live>> {
        self.campaigns
            .values()
            .filter(|live| {
                live.campaign.state.may_claim()
                    && live.campaign.accounts.binary_search(&account).is_ok()
            })
            .cloned()
            .collect()
    }

    /// Whether a claimed row of the campaign may still be handed to a connection.
    pub(crate) fn may_hand_over(&self, campaign: CampaignId) -> bool {
        self.campaigns
            .get(&campaign)
            .is_some_and(|live| live.campaign.state == CampaignState::Running)
    }

    /// Which way the account's connections go.
    pub(crate) fn exit(&self, account: AccountId) -> Exit {
        self.accounts.get(&account).map(|a| a.exit.clone()).unwrap_or_default()
    }

    /// Whether the account's task may run: it may send, and is not lent.
    pub(crate) fn may_run(&self, account: AccountId) -> bool {
        self.may_send(account) && !self.lent.contains(&account)
    }

    /// Whether the account may send.
    pub(crate) fn may_send(&self, account: AccountId) -> bool {
        self.accounts.get(&account).is_some_and(|a| a.state.may_send())
    }
}

/// Reads the snapshot; what `previous` has compiled is kept: a campaign that began says what it said.
pub(crate) async fn read(store: &dyn Store, previous: &Control) -> Result<Control, StoreError> {
    let known: BTreeMap<CampaignId, Arc<Content>> = previous
        .campaigns
        .iter()
        .map(|(campaign, live)| (*campaign, Arc::clone(&live.content)))
        .collect();
    store
        .read(move |unit| {
            let mut control = Control::default();
            for account in unit.accounts()? {
                control.accounts.insert(account.id, account);
            }
            control.due = unit.next_dues()?.into_iter().collect();
            control.loans = unit.loans()?;
            control.replying = unit.replying()?.into_iter().collect();
            for campaign in unit.campaigns(&LIVE)? {
                let content = match known.get(&campaign.id) {
                    Some(content) => Arc::clone(content),
                    None => Arc::new(Content::read(&*unit, &campaign)?),
                };
                let live = Live { campaign, content };
                control.campaigns.insert(live.campaign.id, Arc::new(live));
            }
            Ok(control)
        })
        .await
}

/// Whether a running campaign has no account that may send.
pub(crate) fn is_stuck(control: &Control) -> bool {
    control.campaigns.values().any(|live| {
        live.campaign.state == CampaignState::Running
            && !live.campaign.accounts.iter().any(|id| control.may_send(*id))
    })
}

/// Whether a campaign waits for rows in hand.
pub(crate) fn has_unsettled(control: &Control, board: &Board) -> bool {
    control.campaigns.values().any(|live| {
        live.campaign.state == CampaignState::Pausing || board.is_in_hand(live.campaign.id)
    })
}
