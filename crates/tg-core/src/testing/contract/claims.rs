//! Claims: what is committed before the first byte may leave.

use super::Make;
use super::home::{Home, NOW, claim, person, step, stranger};
use crate::delivery::{DeliveryState, Event, Exposure, Outcome, Reason};
use crate::ids::{DeliveryId, RandomId, UserId};
use crate::ports::StoreError;

/// A run that was taken over claims nothing.
pub fn a_claim_is_fenced(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1)]);
    let due = home.candidates(campaign, one);
    let (old, new) = (home.epoch(), home.epoch());
    assert!(new > old);
    let fenced = home.try_claim(old, one, vec![claim(&due[0], 1)], Vec::new());
    assert_eq!(fenced.map(|_| ()), Err(StoreError::Fenced));
    assert_eq!(home.deliveries(campaign)[0].state, DeliveryState::Planned);
    let moved = home.try_claim(new, one, vec![claim(&due[0], 1)], Vec::new()).expect("is current");
    assert_eq!((moved[0].delivery, moved[0].campaign), (due[0].delivery, campaign));
    assert_eq!(moved[0].state, DeliveryState::Claimed(Exposure::fresh(1)));
}

/// The second of two claims of a row is refused, with everything that came with it.
pub fn a_claimed_row_cannot_be_claimed(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1), person(2)]);
    let due = home.candidates(campaign, one);
    let epoch = home.epoch();
    home.try_claim(epoch, one, vec![claim(&due[0], 1)], Vec::new()).expect("is planned");
    let both = vec![claim(&due[1], 1), claim(&due[0], 1)];
    let refused = home.try_claim(epoch, one, both, Vec::new());
    assert!(matches!(refused, Err(StoreError::Refused(_))), "{refused:?}");
    assert_eq!(home.deliveries(campaign)[1].state, DeliveryState::Planned);
    let mut nothing = claim(&due[1], 1);
    nothing.parts.clear();
    let refused = home.try_claim(epoch, one, vec![nothing], Vec::new());
    assert!(matches!(refused, Err(StoreError::Refused(_))), "a message has parts");
    let mut missing = claim(&due[1], 1);
    missing.delivery = DeliveryId(9_999);
    let missing = home.try_claim(epoch, one, vec![missing], Vec::new());
    assert!(matches!(missing, Err(StoreError::Missing { .. })));
}

/// One person gets a campaign once, however many ways the lists name them.
pub fn one_person_is_claimed_once(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![stranger(1), stranger(2)]);
    let due = home.candidates(campaign, one);
    let epoch = home.epoch();
    let same = |n: usize| {
        let mut claim = claim(&due[n], 1);
        claim.peer = crate::peer::Peer::User { id: UserId(50), hash: crate::ids::AccessHash(1) };
        claim
    };
    let both = home.try_claim(epoch, one, vec![same(0), same(1)], Vec::new());
    assert!(both.is_err());
    home.try_claim(epoch, one, vec![same(0)], Vec::new()).expect("is the first");
    assert!(home.try_claim(epoch, one, vec![same(1)], Vec::new()).is_err());
    let states: Vec<_> = home.deliveries(campaign).into_iter().map(|d| d.state).collect();
    assert_eq!(states, [DeliveryState::Claimed(Exposure::fresh(1)), DeliveryState::Planned]);
}

/// Account, person, ids and bodies are there after the claim.
pub fn a_claim_keeps_bodies_and_ids(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1)]);
    let epoch = home.epoch();
    let row = home.claim_all(epoch, campaign, one, 2)[0];
    let kept = home.deliveries(campaign).remove(0);
    assert_eq!(kept.random_id, Some(RandomId(row.0 * 100 + 1)));
    assert_eq!((kept.user_id, kept.claimed_at), (Some(UserId(1_001)), Some(NOW)));
    assert_eq!(kept.account.map(|(id, _)| id), Some(one));
    assert_eq!((kept.due_at, kept.settled_at), (None, None));
    assert!(home.candidates(campaign, one).is_empty());
}

/// Ineligible rows are ended in the transaction that found them.
pub fn moves_found_on_the_way_are_written(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![person(1), person(2)]);
    let due = home.candidates(campaign, one);
    let epoch = home.epoch();
    let skip = step(due[1].delivery, Event::Ineligible(Reason::OPTED_OUT));
    let moved =
        home.try_claim(epoch, one, vec![claim(&due[0], 1)], vec![skip]).expect("both are planned");
    let rows: Vec<_> = moved.iter().map(|m| m.delivery).collect();
    assert_eq!(rows, [due[0].delivery, due[1].delivery]);
    let skipped = home.deliveries(campaign).remove(1);
    assert_eq!(skipped.state, DeliveryState::Done(Outcome::Skipped(Reason::OPTED_OUT)));
    assert_eq!(skipped.settled_at, Some(NOW));
}

/// Resolving says whom a planned row is for; a claimed row belongs to whom it was claimed for.
pub fn identity_is_recorded_while_it_is_planned(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let campaign = home.running("list", &[one], vec![stranger(1)]);
    let row = home.candidates(campaign, one)[0].delivery;
    for user in [50, 51] {
        home.write(move |unit| unit.identify(row, UserId(user)).map(|_| ()));
        let seen = home.candidates(campaign, one).remove(0);
        assert_eq!(seen.person.user_id, Some(UserId(user)));
    }
    let epoch = home.epoch();
    home.claim_all(epoch, campaign, one, 1);
    home.write(move |unit| unit.identify(row, UserId(52)).map(|_| ()));
    assert_eq!(home.deliveries(campaign)[0].user_id, Some(UserId(51)));
    let missing = home.try_write(|unit| unit.identify(DeliveryId(9_999), UserId(1)));
    assert!(matches!(missing, Err(StoreError::Missing { .. })));
}
