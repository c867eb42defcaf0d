//! What a campaign's personal texts would cost, predicted from some of its recipients.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::audience::Listed;
use tg_core::campaign::Campaign;
use tg_core::contact::Person;
use tg_core::money::Money;
use tg_core::personal::{Ask, Limits, Personal, Prices, Prompt, Rules, Usage};
use tg_core::ports::{TextWriter, Unit};

/// Recipients that are looked at.
const SAMPLE: usize = 50;
/// Bytes of a token, roughly (ai.google.dev/gemini-api/docs/tokens).
const BYTES: i64 = 4;
/// Tokens of a text of a few sentences, as long as none of the campaign was written.
const ANSWER: i64 = 120;
/// What stands for every field when the provider counts: nobody's data leaves for a prediction.
const NOBODY: &str = "Somebody";

/// What a prediction rests on.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// What would be asked; it counts tokens.
    pub writer: Option<&'a dyn TextWriter>,
    /// What tokens cost.
    pub prices: Option<Prices>,
    /// UTF-16 code units of the longest text.
    pub length: usize,
}

/// A campaign's prompt, and what it costs for some.
struct Sample {
    personal: Personal,
    /// Bytes that one question has, on average.
    mean: i64,
    sampled: u64,
    /// The same question about nobody.
    nobody: Option<Ask>,
    written: (Usage, u64),
}

/// Predicts what the texts of `recipients` people would cost; none if the campaign has no personal
/// texts.
///
/// # Errors
/// If there is no such campaign.
pub async fn cost(
    app: &App,
    actor: &Actor,
    name: &str,
    recipients: u64,
    terms: Terms<'_>,
) -> Result<Option<json::PersonalCost>, AppError> {
    let act = Act::begin(app, actor, Permission::CampaignPlan, "campaign", Some(name)).await?;
    let name = named::slug(name)?;
    let sample = act
        .read(move |unit| {
            let campaign = named::campaign(unit, &name)?;
            sample(unit, &campaign, terms.length)
        })
        .await?;
    let Some(sample) = sample else { return Ok(None) };
    let counted = match (terms.writer, &sample.nobody) {
        (Some(writer), Some(ask)) => writer.count(ask).await.ok(),
        _ => None,
    };
    Ok(Some(predicted(&sample, recipients, terms, counted)))
}

fn sample(unit: &dyn Unit, campaign: &Campaign, length: usize) -> Result<Option<Sample>, AppError> {
    let Some(personal) = unit.personal(campaign.id)? else { return Ok(None) };
    let source = unit.template(personal.prompt)?.text.source;
    let rules = Rules::new(length, &[], &[]);
    let Ok(prompt) = Prompt::compile(&source, &personal.fields, &rules) else { return Ok(None) };
    let asks: Vec<Ask> = unit
        .listed(campaign.audience, None, SAMPLE)?
        .iter()
        .filter(|listed| may_be_written_to(listed))
        .filter_map(|listed| prompt.ask(&listed.contact.person).ok())
        .collect();
    let bytes: i64 = asks.iter().map(|ask| whole(ask.length())).sum();
    let sampled = whole(asks.len());
    Ok(Some(Sample {
        mean: bytes / sampled.max(1),
        sampled: asks.len() as u64,
        nobody: prompt.ask(&nobody(&personal.fields)).ok(),
        written: unit.draft_usage(campaign.id)?,
        personal,
    }))
}

fn may_be_written_to(listed: &Listed) -> bool {
    listed.contact.opt_out.is_none() && listed.consent.is_some() && !listed.suppressed
}

fn whole(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// Somebody who does not exist, with every field that is told.
fn nobody(fields: &[String]) -> Person {
    let own = |name: &str| if fields.iter().any(|field| field == name) { NOBODY } else { "" };
    Person {
        first_name: own("first_name").to_owned(),
        last_name: own("last_name").to_owned(),
        lang: own("lang").to_owned(),
        tz: own("tz").to_owned(),
        fields: fields.iter().map(|name| (name.clone(), NOBODY.to_owned())).collect(),
        ..Person::default()
    }
}

fn predicted(
    sample: &Sample,
    recipients: u64,
    terms: Terms<'_>,
    counted: Option<i64>,
) -> json::PersonalCost {
    let about = |bytes: i64| (bytes + BYTES - 1) / BYTES;
    // What the provider counted, and the difference that real fields make.
    let input = match (counted, &sample.nobody) {
        (Some(tokens), Some(ask)) => (tokens + (sample.mean - whole(ask.length())) / BYTES).max(1),
        _ => about(sample.mean),
    };
    let (usage, paid) = sample.written;
    let paid = i64::try_from(paid).unwrap_or(i64::MAX);
    let output = if paid > 0 { (usage.output + paid - 1) / paid } else { ANSWER };
    let each = Usage { input, output };
    let texts = i64::try_from(recipients).unwrap_or(i64::MAX);
    let all = Usage {
        input: each.input.saturating_mul(texts),
        output: each.output.saturating_mul(texts),
    };
    let Limits { tokens, money } = sample.personal.limits;
    json::PersonalCost {
        model: terms.writer.map(|writer| writer.model().to_owned()),
        texts: recipients,
        sampled: sample.sampled,
        counted: counted.is_some(),
        input_per_text: each.input,
        output_per_text: each.output,
        tokens: all.total(),
        money: terms.prices.map(|prices| prices.money(all).to_string()),
        budget_tokens: tokens,
        budget_money: money.map(|money| money.to_string()),
        affordable: affordable(each, tokens, money, terms.prices).min(recipients),
    }
}

/// For how many texts both budgets last.
fn affordable(
    each: Usage,
    tokens: Option<i64>,
    money: Option<Money>,
    prices: Option<Prices>,
) -> u64 {
    let times = |budget: i64, one: i64| u64::try_from(budget / one.max(1)).unwrap_or(0);
    let by_tokens = tokens.map_or(u64::MAX, |tokens| times(tokens, each.total()));
    let by_money = match (money, prices) {
        (Some(money), Some(prices)) => times(money.micros, prices.of(each)),
        _ => u64::MAX,
    };
    by_tokens.min(by_money)
}
