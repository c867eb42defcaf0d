//! Personal texts: rows wait for them, and fall due with them.

use super::Make;
use super::home::{Home, NOW, person};
use crate::campaign::CampaignState;
use crate::delivery::{Candidate, DeliveryState};
use crate::ids::{AccountId, CampaignId, DeliveryId};
use crate::personal::{Draft, Fallback, Limits, Personal, UNAPPROVED, UNWRITTEN, Usage, Words};
use crate::ports::{NewDraft, Unwritten};

/// A running campaign with personal texts to three people, and its account.
fn personal(home: &Home, review: bool) -> (CampaignId, AccountId) {
    let one = home.account("one", 1);
    home.introduce(one, 1..4);
    home.import("list", (1..4).map(person).collect());
    let campaign = home.campaign("list", "list", &[one]);
    home.write(move |unit| {
        let template = unit.templates()?.remove(0).id;
        let fields = vec!["city".to_owned(), "first_name".to_owned()];
        let limits = Limits { tokens: Some(9), money: None };
        unit.set_personal(campaign, &Personal { prompt: template, fields, review, limits })
    });
    home.stage(campaign, &[one]);
    home.set(campaign, CampaignState::Running);
    (campaign, one)
}

fn unwritten(home: &Home, campaign: CampaignId) -> Vec<Unwritten> {
    home.read(move |unit| unit.unwritten(campaign, 10))
}

fn put(home: &Home, delivery: DeliveryId, draft: Draft, tag: Option<[u8; 16]>) -> u64 {
    let usage = Usage { input: 5, output: 7 };
    home.write(move |unit| unit.put_drafts(&[NewDraft { delivery, draft, tag, usage }], NOW))
}

fn due(home: &Home, campaign: CampaignId, account: AccountId) -> Vec<(DeliveryId, Words)> {
    let rows: Vec<Candidate> = home.candidates(campaign, account);
    rows.into_iter().map(|row| (row.delivery, row.words)).collect()
}

/// Nothing is due before its text is there; then the claim sees the text, or that there is none.
pub fn a_row_waits_for_its_text(make: &Make) {
    let home = Home::new(make);
    let (campaign, one) = personal(&home, false);
    assert!(due(&home, campaign, one).is_empty());
    assert_eq!(home.read(move |unit| unit.next_due(one)), None);
    let waiting = unwritten(&home, campaign);
    let rows: Vec<_> = waiting.iter().map(|row| row.delivery).collect();
    assert_eq!((waiting[0].person.first_name.as_str(), waiting.len()), ("P1", 3));
    assert!(waiting.iter().all(|row| row.permission.obstacle().is_none()));
    let tally = home.read(move |unit| unit.tally(campaign, NOW));
    assert_eq!(
        (tally.pending, tally.deferred),
        (3, 0),
        "a wait for a text is no wait of Telegram's"
    );
    assert!(home.deliveries(campaign).iter().all(|row| row.due_at.is_none()));

    assert_eq!(put(&home, rows[0], Draft::Approved("Hi Ann".to_owned()), Some([1; 16])), 1);
    assert_eq!(put(&home, rows[1], Draft::Template(Fallback::Quota), None), 1);
    assert_eq!(put(&home, rows[0], Draft::Template(Fallback::Cut), None), 0, "it is frozen");
    let seen = due(&home, campaign, one);
    assert_eq!(seen, [(rows[0], Words::Personal("Hi Ann".to_owned())), (rows[1], Words::Template)]);
    assert_eq!(unwritten(&home, campaign).len(), 1);
    let (all, left) = (rows.clone(), rows[2]);
    let still = home.read(move |unit| unit.still_unwritten(&all));
    assert_eq!(still.iter().map(|row| row.delivery).collect::<Vec<_>>(), [left]);
    home.set(campaign, CampaignState::Pausing);
    assert!(home.read(move |unit| unit.still_unwritten(&[left])).is_empty(), "it is paused");
    assert!(unwritten(&home, campaign).is_empty());
}

/// A text that a person has to look at is not due before, and what they say holds.
pub fn a_person_decides_about_texts(make: &Make) {
    let home = Home::new(make);
    let (campaign, one) = personal(&home, true);
    let kept = home.read(move |unit| unit.personal(campaign)).expect("it has personal texts");
    assert_eq!((kept.fields.len(), kept.review, kept.limits.tokens), (2, true, Some(9)));
    let rows: Vec<_> = unwritten(&home, campaign).iter().map(|row| row.delivery).collect();
    for row in &rows {
        assert_eq!(put(&home, *row, Draft::Written("Hi".to_owned()), Some([2; 16])), 1);
    }
    assert!(due(&home, campaign, one).is_empty() && unwritten(&home, campaign).is_empty());
    let listed = home.read(move |unit| unit.drafts(campaign, true, None, 2));
    assert_eq!(listed.iter().map(|row| row.delivery).collect::<Vec<_>>(), rows[..2]);
    let reusable = |tag: u8| home.read(move |unit| unit.reusable(campaign, [tag; 16]));
    assert_eq!((reusable(2).as_deref(), reusable(3)), (Some("Hi"), None));
    let (first, second) = (rows[0], rows[1]);
    assert_eq!(home.write(move |unit| unit.decide_drafts(&[first], true)), 1);
    assert_eq!(home.write(move |unit| unit.decide_drafts(&[first, second], false)), 1, "once");
    let seen = due(&home, campaign, one);
    assert_eq!(seen, [(first, Words::Personal("Hi".to_owned())), (second, Words::Template)]);
    let tally = home.read(move |unit| unit.draft_tally(campaign));
    assert_eq!((tally.waiting, tally.approved), (1, 1));
    assert_eq!(tally.fallback.get(&Fallback::Rejected), Some(&1));
    let (usage, paid) = home.read(move |unit| unit.draft_usage(campaign));
    assert_eq!((usage, paid), (Usage { input: 15, output: 21 }, 3));
    let texts: Vec<_> = home.deliveries(campaign).into_iter().map(|row| row.text).collect();
    assert_eq!(texts[0], Some(("approved", None)));
    assert_eq!(texts[1], Some(("fallback", Some(Fallback::Rejected))));
    assert_eq!(texts[2], Some(("written", None)));
}

/// Cancelling ends rows that wait for a text, too, and other campaigns know nothing of all this.
pub fn waiting_for_a_text_is_planned_like_any_other(make: &Make) {
    let home = Home::new(make);
    let (campaign, one) = personal(&home, false);
    assert!(UNWRITTEN < UNAPPROVED && NOW < UNWRITTEN);
    home.set(campaign, CampaignState::Canceled);
    assert_eq!(home.write(move |unit| unit.cancel_planned(campaign, NOW, 10)), 3);
    assert!(home.deliveries(campaign).iter().all(|row| row.state != DeliveryState::Planned));
    let plain = home.running("plain", &[one], vec![person(4)]);
    assert_eq!(due(&home, plain, one)[0].1, Words::Template);
    assert!(home.read(move |unit| unit.personal(plain)).is_none());
}
