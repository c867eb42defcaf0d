//! What a campaign says to whom: the one place that the judge asks. Which variant somebody gets
//! follows from the home's key, the campaign and the contact, so that a replay says the same.

use crate::campaign::{Campaign, Variant};
use crate::delivery::{Body, Candidate, Reason};
use crate::ids::{ContactId, TemplateId};
use crate::ports::{IdKey, StoreError, Unit};
use crate::template::{Letter, Template};
use uuid::Uuid;

/// A campaign's content, compiled once for many recipients.
#[derive(Debug)]
pub struct Content {
    /// At least one.
    variants: Vec<Arm>,
    /// Whether they are recorded: a campaign with one template has no variants.
    named: bool,
}

/// One variant.
#[derive(Debug)]
struct Arm {
    letter: Letter,
    weight: u32,
}

/// What a recipient is to read.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'a> {
    /// Which of the campaign's variants, if it has any.
    pub variant: Option<u16>,
    /// The language of the text; empty if none was named.
    pub lang: &'a str,
    /// The text.
    pub template: &'a Template,
}

/// What a claim commits to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Which of the campaign's variants, if it has any.
    pub variant: Option<u16>,
    /// What each part says; at least one.
    pub bodies: Vec<Body>,
}

impl Content {
    /// The same for everybody.
    #[must_use]
    pub fn single(letter: Letter) -> Self {
        Self { variants: vec![Arm { letter, weight: 1 }], named: false }
    }

    /// Reads and compiles what a campaign says.
    ///
    /// # Errors
    /// If the store fails, or a stored template does not compile.
    pub fn read(unit: &dyn Unit, campaign: &Campaign) -> Result<Self, StoreError> {
        if campaign.variants.is_empty() {
            return Ok(Self::single(stored_letter(unit, campaign.template)?));
        }
        let arm = |variant: &Variant| {
            let letter = stored_letter(unit, variant.template)?;
            Ok(Arm { letter, weight: variant.weight })
        };
        let variants = campaign.variants.iter().map(arm).collect::<Result<_, StoreError>>()?;
        Ok(Self { variants, named: true })
    }

    /// What somebody who reads `lang` gets.
    #[must_use]
    pub fn choose(
        &self,
        campaign: Uuid,
        contact: ContactId,
        lang: &str,
        key: &dyn IdKey,
    ) -> Choice<'_> {
        let at = if self.named { self.drawn(campaign, contact, key) } else { 0 };
        let (lang, template) = self.variants[at].letter.for_lang(lang);
        let variant = self.named.then(|| u16::try_from(at).unwrap_or(u16::MAX));
        Choice { variant, lang, template }
    }

    /// What a delivery says, for the transaction that claims it.
    ///
    /// # Errors
    /// Why nothing can be sent to this person.
    pub fn write(
        &self,
        campaign: Uuid,
        candidate: &Candidate,
        key: &dyn IdKey,
    ) -> Result<Written, Reason> {
        let person = &candidate.person;
        let choice = self.choose(campaign, candidate.contact, &person.lang, key);
        let bodies = choice.template.render(person).map_err(|_| Reason::TEMPLATE)?;
        Ok(Written { variant: choice.variant, bodies })
    }

    /// Which variant is whose: their weights laid end to end, and a keyed number below their sum.
    fn drawn(&self, campaign: Uuid, contact: ContactId, key: &dyn IdKey) -> usize {
        let total: u64 = self.variants.iter().map(|arm| u64::from(arm.weight)).sum();
        let mut message = Vec::with_capacity(48);
        message.extend_from_slice(b"tg.variant/1");
        message.extend_from_slice(campaign.as_bytes());
        message.extend_from_slice(&contact.0.to_be_bytes());
        let tag = key.tag(&message);
        let mut first = [0; 8];
        first.copy_from_slice(&tag[..8]);
        let mut point = u64::from_be_bytes(first) % total.max(1);
        for (at, arm) in self.variants.iter().enumerate() {
            match point.checked_sub(u64::from(arm.weight)) {
                Some(rest) => point = rest,
                None => return at,
            }
        }
        0
    }
}

fn stored_letter(unit: &dyn Unit, template: TemplateId) -> Result<Letter, StoreError> {
    let stored = unit.template(template)?;
    Letter::compile(&stored.text, &stored.others, None).map_err(|faults| StoreError::Backend {
        doing: "compiling a stored template",
        detail: faults.first().map_or_else(String::new, |first| first.fault.message.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{Format, Text};
    use proptest::prelude::*;

    /// As even as a real keyed hash, which belongs to another crate.
    struct Mixed(u64);

    impl IdKey for Mixed {
        fn tag(&self, message: &[u8]) -> [u8; 32] {
            let mut state = self.0;
            for byte in message {
                state = (state ^ u64::from(*byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                state ^= state >> 29;
            }
            let mut out = [0; 32];
            out[..8].copy_from_slice(&state.wrapping_mul(0xbf58_476d_1ce4_e5b9).to_be_bytes());
            out
        }
    }

    fn content(weights: &[u32]) -> Content {
        let arm = |weight: &u32| {
            let text = Text::new("Hi", Format::Markdown);
            let letter = Letter::compile(&text, &[], None).expect("compiles");
            Arm { letter, weight: *weight }
        };
        Content { variants: weights.iter().map(arm).collect(), named: true }
    }

    fn counts(content: &Content, campaign: u128, people: i64, key: &dyn IdKey) -> Vec<u32> {
        let mut counts = vec![0; content.variants.len()];
        for contact in 0..people {
            let choice = content.choose(Uuid::from_u128(campaign), ContactId(contact), "", key);
            counts[usize::from(choice.variant.expect("it has variants"))] += 1;
        }
        counts
    }

    #[test]
    fn one_template_is_no_variant() {
        let letter = Letter::compile(&Text::new("Hi", Format::Markdown), &[], None);
        let content = Content::single(letter.expect("compiles"));
        let choice = content.choose(Uuid::from_u128(1), ContactId(1), "de", &Mixed(1));
        assert_eq!((choice.variant, choice.lang), (None, ""));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Everybody's share is what the weights say: within five standard deviations and a bit.
        #[test]
        fn shares_follow_the_weights(
            weights in prop::collection::vec(1u32..20, 2..6),
            campaign: u128,
            seed: u64,
        ) {
            let people = 4_000;
            let counts = counts(&content(&weights), campaign, people, &Mixed(seed | 1));
            let total: f64 = weights.iter().map(|w| f64::from(*w)).sum();
            for (count, weight) in counts.iter().zip(&weights) {
                let share = f64::from(*weight) / total;
                let expected = share * 4_000.0;
                let bound = 5.0 * (expected * (1.0 - share)).sqrt() + 5.0;
                prop_assert!((f64::from(*count) - expected).abs() < bound, "{counts:?} of {weights:?}");
            }
        }

        /// Asked again, the answer is the same; another campaign deals anew.
        #[test]
        fn a_replay_agrees(campaign: u128, seed: u64) {
            let content = content(&[1, 1]);
            let key = Mixed(seed | 1);
            let pick = |campaign, contact| {
                content.choose(Uuid::from_u128(campaign), ContactId(contact), "", &key).variant
            };
            let first: Vec<_> = (0..200).map(|contact| pick(campaign, contact)).collect();
            let again: Vec<_> = (0..200).map(|contact| pick(campaign, contact)).collect();
            prop_assert_eq!(&first, &again);
            let other: Vec<_> =
                (0..200).map(|contact| pick(campaign.wrapping_add(1), contact)).collect();
            prop_assert_ne!(first, other);
        }
    }
}
