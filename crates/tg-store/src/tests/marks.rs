//! The mark follows every claim, and gives a restored database away.

use super::homes::{NOW, TestHome};
use crate::{MarkState, Mode, SqliteStore};
use tg_core::campaign::{CampaignState, Pace};
use tg_core::contact::Person;
use tg_core::delivery::{Body, Claim, ClaimedPart, Event, Move};
use tg_core::ids::{AccessHash, AccountId, CampaignId, Epoch, RandomId, Slug, UserId};
use tg_core::peer::{Peer, Username};
use tg_core::ports::{ClaimBatch, NewAccount, NewCampaign, PeerFact, Store, StoreError, Unit};
use tg_core::template::{Format, Text};
use tg_core::testing::block_on;
use uuid::Uuid;

fn slug(name: &str) -> Slug {
    Slug::parse(name).unwrap()
}

/// A running campaign over `people` persons whom its account knows.
pub(super) fn running(
    unit: &mut dyn Unit,
    people: i64,
) -> Result<(CampaignId, AccountId), StoreError> {
    let account = NewAccount {
        name: slug("one"),
        user_id: UserId(1),
        is_bot: false,
        phone: None,
        loopback: true,
    };
    let account = unit.add_account(&account, NOW)?;
    let audience = unit.ensure_audience(&slug("list"), &[], NOW)?.id;
    let run = unit.begin_import(audience, Some("signed up"))?;
    for n in 0..people {
        let user = UserId(1_000 + n);
        let person = Person {
            username: Username::parse(&format!("person_{n}")).ok(),
            user_id: Some(user),
            ..Person::default()
        };
        unit.import_person(run, &person, NOW)?;
        unit.put_peers(account, &[PeerFact { user, hash: AccessHash(n) }])?;
    }
    let template = unit.add_template(&slug("letter"), &Text::new("Hi", Format::Markdown), NOW)?;
    let campaign = NewCampaign {
        name: slug("spring"),
        uuid: Uuid::from_u128(3),
        audience,
        template,
        variants: Vec::new(),
        accounts: vec![account],
        pace: Pace::Unlimited,
    };
    let campaign = unit.create_campaign(&campaign, NOW)?;
    unit.stage(campaign, &[account], None, usize::MAX, NOW)?;
    unit.set_campaign_state(campaign, CampaignState::Running, None, NOW)?;
    Ok((campaign, account))
}

/// Claims the first due row.
pub(super) fn claim(
    unit: &mut dyn Unit,
    epoch: Epoch,
    campaign: CampaignId,
    account: AccountId,
) -> Result<(), StoreError> {
    let due = unit.candidates(campaign, account, NOW, 1)?.remove(0);
    let claim = Claim {
        delivery: due.delivery,
        campaign,
        peer: due.peer.unwrap_or(Peer::User { id: UserId(9), hash: AccessHash(0) }),
        variant: None,
        parts: vec![ClaimedPart {
            body: Body::text("Hi"),
            album: Vec::new(),
            random_id: RandomId(due.delivery.0),
        }],
    };
    let batch = ClaimBatch { epoch, account, at: NOW, claims: vec![claim], moves: Vec::new() };
    unit.claim(&batch).map(|_| ())
}

/// A home with a running campaign in which one claim was made.
fn claimed(home: &TestHome) -> (SqliteStore, Epoch, CampaignId, AccountId) {
    let store = home.create();
    let (campaign, account) = block_on((&store as &dyn Store).write(|u| running(u, 5))).unwrap();
    let epoch = block_on((&store as &dyn Store).write(|u| u.begin_epoch())).unwrap();
    claim_one(&store, epoch, campaign, account).unwrap();
    (store, epoch, campaign, account)
}

fn claim_one(
    store: &dyn Store,
    epoch: Epoch,
    campaign: CampaignId,
    account: AccountId,
) -> Result<(), StoreError> {
    block_on(store.write(move |unit| claim(unit, epoch, campaign, account)))
}

fn is_restored(store: &SqliteStore) -> bool {
    matches!(block_on(store.mark_state()), Ok(MarkState::Restored { .. }))
}

#[test]
fn every_claim_and_repeat_is_marked() {
    for mode in [Mode::Inline, Mode::Threaded] {
        let home = TestHome::empty(mode);
        let (store, epoch, campaign, account) = claimed(&home);
        let mark = || std::fs::read_to_string(home.options().mark_path).unwrap();
        assert!(mark().ends_with("00000000000000000001\n"), "{}", mark());
        claim_one(&store, epoch, campaign, account).unwrap();
        assert!(mark().ends_with("00000000000000000002\n"));
        let store: &dyn Store = &store;
        block_on(store.write(move |unit| {
            let row = unit.deliveries(campaign, None, 1)?.remove(0).delivery;
            let lost = Move {
                delivery: row,
                event: Event::Interrupted,
                due_at: Some(NOW),
                message_id: None,
            };
            unit.settle(epoch, &[lost], NOW)?;
            unit.take_repeats(epoch, &[row])
        }))
        .unwrap();
        assert!(mark().ends_with("00000000000000000003\n"));
        let undone: Result<(), StoreError> = block_on(store.write(move |unit| {
            claim(unit, epoch, campaign, account)?;
            Err(StoreError::Closed)
        }));
        assert_eq!(undone, Err(StoreError::Closed));
        assert!(mark().ends_with("00000000000000000003\n"), "it was undone");
    }
}

#[test]
fn an_older_copy_is_recognised_until_a_person_decides() {
    let home = TestHome::empty(Mode::Inline);
    let (store, epoch, campaign, account) = claimed(&home);
    assert_eq!(block_on(store.mark_state()), Ok(MarkState::Normal));
    let backup = home.folder().join("backup.db");
    block_on(store.backup(&backup)).unwrap();
    claim_one(&store, epoch, campaign, account).unwrap();
    block_on(store.close());
    drop(store);

    std::fs::rename(&backup, home.path()).unwrap();
    let store = home.open();
    assert!(is_restored(&store));
    assert!(!block_on(store.check()).unwrap().is_sound());
    let held = block_on((&store as &dyn Store).write(|unit| unit.hold_restored(NOW, 100)));
    assert_eq!(held, Ok(5));
    block_on(store.accept_mark()).unwrap();
    assert_eq!(block_on(store.mark_state()), Ok(MarkState::Normal));
}

#[test]
fn a_lost_mark_is_doubt() {
    let home = TestHome::empty(Mode::Inline);
    let (store, ..) = claimed(&home);
    std::fs::remove_file(home.options().mark_path).unwrap();
    assert!(is_restored(&store));
}

#[test]
fn without_a_mark_nothing_is_claimed_for_sending() {
    let home = TestHome::empty(Mode::Inline);
    let (store, epoch, campaign, account) = claimed(&home);
    drop(store);
    // A folder where the mark should be: writing it fails.
    std::fs::remove_file(home.options().mark_path).unwrap();
    std::fs::create_dir(home.options().mark_path).unwrap();
    let store = home.open();
    let failed = claim_one(&store, epoch, campaign, account);
    assert!(matches!(failed, Err(StoreError::Backend { .. })), "{failed:?}");
    let (_, in_hand) =
        block_on((&store as &dyn Store).read(move |unit| unit.open_rows(campaign))).unwrap();
    assert!(in_hand, "the rows stay claimed, which is safe");
}
