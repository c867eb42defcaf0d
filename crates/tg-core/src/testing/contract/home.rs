//! A home under test, and the steps that most contracts begin with.

use super::Make;
use crate::audience::{ImportVerdict, ListRow};
use crate::campaign::{CampaignState, Pace};
use crate::contact::{Contact, ContactKey, Person};
use crate::delivery::{
    Body, Candidate, Claim, ClaimedPart, DeliveryRecord, DeliveryState, Event, Move, Moved, Outcome,
};
use crate::ids::{
    AccessHash, AccountId, AudienceId, CampaignId, DeliveryId, Epoch, RandomId, Slug, UserId,
};
use crate::peer::{Peer, PhoneNumber, Username};
use crate::ports::{ClaimBatch, NewAccount, NewCampaign, PeerFact, Store, StoreError, Unit};
use crate::report::Tally;
use crate::template::{Format, Text};
use crate::testing::block_on;
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// When everything happens.
pub(super) const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// A home under test.
pub(super) struct Home {
    pub(super) store: Arc<dyn Store>,
}

pub(super) fn slug(name: &str) -> Slug {
    Slug::parse(name).expect("a name that people type")
}

/// Somebody with a username and a user id.
pub(super) fn person(number: i64) -> Person {
    Person {
        username: Username::parse(&format!("person_{number}")).ok(),
        user_id: Some(UserId(1_000 + number)),
        first_name: format!("P{number}"),
        ..Person::default()
    }
}

/// Somebody whose user id is not known.
pub(super) fn stranger(number: i64) -> Person {
    Person { user_id: None, ..person(number) }
}

pub(super) fn phone(number: &str) -> Option<PhoneNumber> {
    Some(PhoneNumber::from_e164(number).expect("a number in E.164"))
}

/// A move without a due time.
pub(super) fn step(delivery: DeliveryId, event: Event) -> Move {
    Move { delivery, event, due_at: None, message_id: None }
}

impl Home {
    pub(super) fn new(make: &Make) -> Self {
        Self { store: make() }
    }

    pub(super) fn try_write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Unit) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        block_on(self.store.write(work))
    }

    pub(super) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Unit) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.try_write(work).expect("the write is allowed")
    }

    pub(super) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Unit) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        block_on(self.store.read(work)).expect("the read is allowed")
    }

    pub(super) fn account(&self, name: &str, user: i64) -> AccountId {
        self.add(name, user, false)
    }

    pub(super) fn bot(&self, name: &str, user: i64) -> AccountId {
        self.add(name, user, true)
    }

    fn add(&self, name: &str, user: i64, is_bot: bool) -> AccountId {
        let account = NewAccount {
            name: slug(name),
            user_id: UserId(user),
            is_bot,
            phone: None,
            loopback: true,
        };
        self.write(move |unit| unit.add_account(&account, NOW))
    }

    /// Makes an account know everybody whom [`person`] makes of `numbers`.
    pub(super) fn introduce(&self, account: AccountId, numbers: std::ops::Range<i64>) {
        let peers: Vec<PeerFact> = numbers
            .map(|n| PeerFact { user: UserId(1_000 + n), hash: AccessHash(7 * n) })
            .collect();
        self.write(move |unit| unit.put_peers(account, &peers));
    }

    pub(super) fn audience(&self, name: &str) -> AudienceId {
        let name = slug(name);
        self.write(move |unit| unit.ensure_audience(&name, &[], NOW)).id
    }

    /// Imports people as one file; what became of each row, and whether an opt-out was kept.
    pub(super) fn import(&self, audience: &str, people: Vec<Person>) -> Vec<(ImportVerdict, bool)> {
        let audience = self.audience(audience);
        self.write(move |unit| {
            let run = unit.begin_import(audience, Some("signed up"))?;
            people.iter().map(|person| unit.import_person(run, person, NOW)).collect()
        })
    }

    /// Imports one row of a list that says nothing for all.
    pub(super) fn import_row(&self, audience: &str, row: ListRow) -> (ImportVerdict, bool) {
        let audience = self.audience(audience);
        self.write(move |unit| {
            let run = unit.begin_import(audience, None)?;
            unit.import_row(run, &row, NOW)
        })
    }

    /// Imports one person.
    pub(super) fn import_one(&self, audience: &str, person: Person) -> (ImportVerdict, bool) {
        self.import(audience, vec![person]).remove(0)
    }

    pub(super) fn contact(&self, number: i64) -> Contact {
        let name = Username::parse(&format!("person_{number}")).expect("a username");
        self.read(move |unit| unit.find_contact(&ContactKey::Username(name)))
            .expect("the person was imported")
    }

    /// A draft, with an audience and a template that exist afterwards.
    pub(super) fn campaign(
        &self,
        name: &str,
        audience: &str,
        accounts: &[AccountId],
    ) -> CampaignId {
        let audience = self.audience(audience);
        let (name, accounts) = (slug(name), accounts.to_vec());
        self.write(move |unit| {
            let letter = slug("letter");
            let template = match unit.template_named(&letter)? {
                Some(template) => template.id,
                None => unit.add_template(&letter, &Text::new("Hi", Format::Markdown), NOW)?,
            };
            let uuid = Uuid::from_u128(name.as_str().bytes().map(u128::from).sum());
            let (pace, variants) = (Pace::Standard, Vec::new());
            unit.create_campaign(
                &NewCampaign { name, uuid, audience, template, variants, accounts, pace },
                NOW,
            )
        })
    }

    pub(super) fn stage(&self, campaign: CampaignId, accounts: &[AccountId]) -> u64 {
        let accounts = accounts.to_vec();
        self.write(move |unit| {
            let (mut after, mut staged) = (None, 0);
            loop {
                let page = unit.stage(campaign, &accounts, after, 3, NOW)?;
                staged += page.staged;
                after = page.next;
                if after.is_none() {
                    return Ok(staged);
                }
            }
        })
    }

    pub(super) fn set(&self, campaign: CampaignId, state: CampaignState) {
        self.write(move |unit| unit.set_campaign_state(campaign, state, None, NOW));
    }

    /// A running campaign over `people`, all of whom `account` knows if they have a user id.
    pub(super) fn running(
        &self,
        name: &str,
        accounts: &[AccountId],
        people: Vec<Person>,
    ) -> CampaignId {
        for account in accounts {
            let known: Vec<PeerFact> = people
                .iter()
                .filter_map(|p| p.user_id)
                .map(|user| PeerFact { user, hash: AccessHash(user.0) })
                .collect();
            let account = *account;
            self.write(move |unit| unit.put_peers(account, &known));
        }
        self.import(name, people);
        let campaign = self.campaign(name, name, accounts);
        self.stage(campaign, accounts);
        self.set(campaign, CampaignState::Running);
        campaign
    }

    pub(super) fn epoch(&self) -> Epoch {
        self.write(|unit| unit.begin_epoch())
    }

    pub(super) fn candidates(&self, campaign: CampaignId, account: AccountId) -> Vec<Candidate> {
        self.read(move |unit| unit.candidates(campaign, account, NOW, 1_000))
    }

    pub(super) fn try_claim(
        &self,
        epoch: Epoch,
        account: AccountId,
        claims: Vec<Claim>,
        moves: Vec<Move>,
    ) -> Result<Vec<Moved>, StoreError> {
        let batch = ClaimBatch { epoch, account, at: NOW, claims, moves };
        self.try_write(move |unit| unit.claim(&batch))
    }

    /// Claims everything that is due, in messages of `parts` parts.
    pub(super) fn claim_all(
        &self,
        epoch: Epoch,
        campaign: CampaignId,
        account: AccountId,
        parts: u16,
    ) -> Vec<DeliveryId> {
        let due = self.candidates(campaign, account);
        let claims = due.iter().map(|candidate| claim(candidate, parts)).collect();
        self.try_claim(epoch, account, claims, Vec::new()).expect("the rows are planned");
        due.into_iter().map(|candidate| candidate.delivery).collect()
    }

    pub(super) fn try_settle(
        &self,
        epoch: Epoch,
        moves: Vec<Move>,
    ) -> Result<Vec<Moved>, StoreError> {
        self.try_write(move |unit| unit.settle(epoch, &moves, NOW))
    }

    pub(super) fn settle(&self, epoch: Epoch, delivery: DeliveryId, event: Event) -> Moved {
        self.try_settle(epoch, vec![step(delivery, event)])
            .expect("the machine knows the move")
            .remove(0)
    }

    pub(super) fn deliveries(&self, campaign: CampaignId) -> Vec<DeliveryRecord> {
        self.read(move |unit| unit.deliveries(campaign, None, 10_000))
    }

    /// What is counted as it happens is what the deliveries come to, counted one by one. For homes
    /// without waits.
    pub(super) fn assert_counted(&self, campaign: CampaignId) {
        let mut recount = Tally::default();
        let mut by_account: BTreeMap<AccountId, (u64, u64)> = BTreeMap::new();
        for row in self.deliveries(campaign) {
            recount.add(&row.state, row.due_at.is_some_and(|due| due > NOW), 1);
            let Some((account, _)) = row.account else { continue };
            let (sent, failed) = by_account.entry(account).or_default();
            *sent += u64::from(row.state == DeliveryState::Done(Outcome::Sent));
            *failed += u64::from(matches!(row.state, DeliveryState::Done(Outcome::Failed(_))));
        }
        let (tally, accounts) = self
            .read(move |unit| Ok((unit.tally(campaign, NOW)?, unit.account_tallies(campaign)?)));
        assert_eq!(tally, recount);
        for account in accounts {
            let expected = by_account.remove(&account.account).unwrap_or_default();
            let ended = (account.ended.sent, account.ended.failed_total());
            assert_eq!(ended, expected, "{}", account.name);
        }
        assert!(by_account.values().all(|counts| *counts == (0, 0)), "{by_account:?}");
    }
}

/// The claim of a candidate, in `parts` parts.
pub(super) fn claim(candidate: &Candidate, parts: u16) -> Claim {
    let user = candidate.person.user_id.unwrap_or(UserId(9_000 + candidate.delivery.0));
    Claim {
        delivery: candidate.delivery,
        campaign: candidate.campaign,
        peer: candidate.peer.unwrap_or(Peer::User { id: user, hash: AccessHash(5) }),
        variant: None,
        parts: (0..parts)
            .map(|part| ClaimedPart {
                body: Body::text(&format!("part {part}")),
                album: Vec::new(),
                random_id: RandomId(candidate.delivery.0 * 100 + i64::from(part) + 1),
            })
            .collect(),
    }
}
