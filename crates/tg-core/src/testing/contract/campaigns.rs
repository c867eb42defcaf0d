//! Templates and campaigns.

use super::Make;
use super::home::{Home, NOW, slug};
use crate::campaign::{CampaignState, Pace, Variant};
use crate::ids::{CampaignId, TemplateId};
use crate::ports::{NewCampaign, StoreError};
use crate::template::{Format, Text};
use std::time::Duration;
use uuid::Uuid;

/// A template never changes after it was added.
pub fn a_template_is_kept_under_one_name(make: &Make) {
    let home = Home::new(make);
    let id = home.write(|unit| unit.add_template(&slug("letter"), &html("Hi {{ city }}"), NOW));
    let again = home.try_write(|unit| unit.add_template(&slug("letter"), &html("Ho"), NOW));
    assert!(matches!(again, Err(StoreError::Taken { what: "template", .. })));
    let kept = home.read(move |unit| unit.template(id));
    assert_eq!((&kept.text, kept.created_at), (&html("Hi {{ city }}"), NOW));
    assert!(kept.others.is_empty());
    assert_eq!(home.read(|unit| unit.template_named(&slug("letter"))), Some(kept.clone()));
    assert_eq!(home.read(|unit| unit.templates()), [kept]);
    let none = home.try_write(|unit| unit.template(TemplateId(99)));
    assert!(matches!(none, Err(StoreError::Missing { .. })));
}

fn html(source: &str) -> Text {
    Text::new(source, Format::Html)
}

/// A language is added once, also the one that the template began with.
pub fn a_template_has_every_language_once(make: &Make) {
    let home = Home::new(make);
    let text = |lang: &str| Text { lang: lang.to_owned(), ..html(lang) };
    let english = text("en");
    let id = home.write(move |unit| unit.add_template(&slug("letter"), &english, NOW));
    let add = |lang: &str| {
        let text = text(lang);
        home.try_write(move |unit| unit.add_template_text(id, &text, NOW))
    };
    add("pt-BR").expect("a new language");
    add("de").expect("a new language");
    for again in ["de", "en"] {
        let refused = add(again);
        assert!(matches!(refused, Err(StoreError::Taken { what: "language", .. })), "{again}");
    }
    let kept = home.read(move |unit| unit.template(id));
    assert_eq!(
        (kept.text.clone(), kept.others.clone()),
        (text("en"), vec![text("de"), text("pt-BR")])
    );
    assert_eq!(home.read(|unit| unit.templates()), [kept]);
}

/// A campaign remembers what it compares, in order, and no name comes twice.
pub fn a_campaign_keeps_its_variants(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    home.campaign("spring", "list", &[one]);
    let kept = home.read(|unit| unit.campaign_named(&slug("spring"))).expect("it was made");
    assert!(kept.variants.is_empty());
    let variant =
        |name: &str, weight| Variant { name: name.to_owned(), template: kept.template, weight };
    let new = |name: &str, variants: Vec<Variant>| NewCampaign {
        name: slug(name),
        uuid: Uuid::from_u128(u128::from(name.len() as u64)),
        audience: kept.audience,
        template: kept.template,
        variants,
        accounts: vec![one],
        pace: Pace::Standard,
    };
    let twice = new("x", vec![variant("A", 1), variant("A", 2)]);
    let refused = home.try_write(move |unit| unit.create_campaign(&twice, NOW));
    assert!(matches!(refused, Err(StoreError::Taken { what: "variant", .. })));
    let variants = vec![variant("B", 2), variant("A", 1)];
    let compared = new("autumn", variants.clone());
    let id = home.write(move |unit| unit.create_campaign(&compared, NOW));
    let kept = home.read(|unit| unit.campaign_named(&slug("autumn"))).expect("it was made");
    assert_eq!(kept.variants, variants);
    let tallies = home.read(move |unit| unit.variant_tallies(id));
    let names: Vec<_> = tallies.iter().map(|tally| (tally.name.as_str(), tally.weight)).collect();
    assert_eq!(names, [("B", 2), ("A", 1)]);
    assert!(tallies.iter().all(|tally| tally.sent == 0 && tally.replied == 0));
}

/// A campaign comes back as it was made; a second of its name leaves nothing behind.
pub fn a_campaign_is_kept_under_one_name(make: &Make) {
    let home = Home::new(make);
    let (two, one) = (home.account("two", 2), home.account("one", 1));
    let id = home.campaign("spring", "list", &[one, two]);
    let kept = home.read(|unit| unit.campaign_named(&slug("spring"))).expect("it was made");
    assert_eq!((kept.id, kept.state, kept.pace), (id, CampaignState::Draft, Pace::Standard));
    assert_eq!(kept.accounts, [two, one], "sorted by row");
    assert_eq!((kept.created_at, kept.started_at, kept.finished_at), (NOW, None, None));
    let again = NewCampaign {
        name: kept.name.clone(),
        uuid: Uuid::from_u128(1),
        audience: kept.audience,
        template: kept.template,
        variants: Vec::new(),
        accounts: vec![one],
        pace: Pace::Unlimited,
    };
    let again = home.try_write(move |unit| unit.create_campaign(&again, NOW));
    assert!(matches!(again, Err(StoreError::Taken { what: "campaign", .. })));
    home.campaign("autumn", "list", &[one]);
    let names = |states: &'static [CampaignState]| -> Vec<String> {
        let campaigns = home.read(move |unit| unit.campaigns(states));
        campaigns.iter().map(|c| c.name.to_string()).collect()
    };
    assert_eq!(names(&[]), ["spring", "autumn"], "oldest first");
    assert!(names(&[CampaignState::Running, CampaignState::Paused]).is_empty());
    home.set(id, CampaignState::Running);
    assert_eq!(names(&[CampaignState::Running]), ["spring"]);
}

/// The first start is the beginning; an end has a time, and a note its text.
pub fn a_campaign_remembers_its_beginning_and_end(make: &Make) {
    let home = Home::new(make);
    let one = home.account("one", 1);
    let id = home.campaign("spring", "list", &[one]);
    let at = |minutes: u64| NOW + Duration::from_secs(60 * minutes);
    let set = |state, note: Option<&'static str>, minutes| {
        home.write(move |unit| unit.set_campaign_state(id, state, note, at(minutes)));
        home.read(|unit| unit.campaign_named(&slug("spring"))).expect("it was made")
    };
    set(CampaignState::Running, None, 1);
    let paused = set(CampaignState::Paused, Some("nobody can send"), 2);
    assert_eq!(paused.note.as_deref(), Some("nobody can send"));
    let resumed = set(CampaignState::Running, None, 3);
    assert_eq!((resumed.note, resumed.started_at), (None, Some(at(1))));
    assert_eq!(resumed.finished_at, None);
    let ended = set(CampaignState::Finished, None, 4);
    assert_eq!((ended.started_at, ended.finished_at), (Some(at(1)), Some(at(4))));
    let none = home.try_write(|unit| {
        unit.set_campaign_state(CampaignId(99), CampaignState::Paused, None, NOW)
    });
    assert!(matches!(none, Err(StoreError::Missing { .. })));
}
