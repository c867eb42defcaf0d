//! What a campaign is asked to say: one template, or several that it compares.

use super::create::NewVariant;
use crate::error::AppError;
use crate::named;
use crate::templates;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::fmt;
use tg_core::audience::Audience;
use tg_core::campaign::Variant;
use tg_core::ids::{Slug, TemplateId};
use tg_core::ports::Unit;

/// Most variants of one campaign: more would compare nothing.
const MAX_VARIANTS: usize = 26;
/// Longest name of a variant, in bytes.
const MAX_NAME: usize = 32;
/// Largest share.
const MAX_WEIGHT: u32 = 1_000;

/// What was asked for, well-formed.
pub(super) enum Says {
    One(Slug),
    /// Name, template and weight; at least one.
    Several(Vec<(String, Slug, u32)>),
}

impl Says {
    pub(super) fn parse(template: &str, variants: &[NewVariant<'_>]) -> Result<Self, AppError> {
        if variants.is_empty() {
            return Ok(Self::One(named::slug(template)?));
        }
        if variants.len() > MAX_VARIANTS {
            return Err(bad(format!("a campaign compares at most {MAX_VARIANTS} variants")));
        }
        let mut names = BTreeSet::new();
        let one = |variant: &NewVariant<'_>| {
            let NewVariant { name, template, weight } = *variant;
            if !is_name(name) {
                return Err(bad(format!("\"{name}\" is no name for a variant")));
            }
            if !names.insert(name.to_owned()) {
                return Err(bad(format!("two variants are named \"{name}\"")));
            }
            if !(1..=MAX_WEIGHT).contains(&weight) {
                return Err(bad(format!("the weight of \"{name}\" is not from 1 to {MAX_WEIGHT}")));
            }
            Ok((name.to_owned(), named::slug(template)?, weight))
        };
        Ok(Self::Several(variants.iter().map(one).collect::<Result<_, _>>()?))
    }

    /// The templates, each of which has to fit the audience; of variants, the first one stands for
    /// all of them where one is shown. The last: whether any message has buttons.
    pub(super) fn resolve(
        &self,
        unit: &dyn Unit,
        list: &Audience,
    ) -> Result<(TemplateId, Vec<Variant>, bool), AppError> {
        let has_buttons = Cell::new(false);
        let fitting = |name: &Slug| {
            let stored = named::template(unit, name)?;
            let letter = templates::fitting(&stored, list)?;
            has_buttons.set(has_buttons.get() || letter.has_buttons());
            Ok::<_, AppError>(stored.id)
        };
        match self {
            Self::One(name) => Ok((fitting(name)?, Vec::new(), has_buttons.get())),
            Self::Several(several) => {
                let variants = several
                    .iter()
                    .map(|(name, template, weight)| {
                        let (name, weight) = (name.clone(), *weight);
                        Ok(Variant { name, template: fitting(template)?, weight })
                    })
                    .collect::<Result<Vec<_>, AppError>>()?;
                let first = variants.first().map(|variant| variant.template);
                let first = first.ok_or_else(|| bad("there is no variant".to_owned()))?;
                Ok((first, variants, has_buttons.get()))
            }
        }
    }
}

/// For the audit row.
impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(template) => write!(f, "template {template}"),
            Self::Several(several) => {
                f.write_str("variants")?;
                several.iter().try_for_each(|(name, template, weight)| {
                    write!(f, " {name}={template}:{weight}")
                })
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(allowed)
}

fn bad(what: String) -> AppError {
    AppError::usage("bad_variant", what).advise(
        "a variant is NAME=TEMPLATE or NAME=TEMPLATE:WEIGHT, like `--variant A=hello:2`; names are \
         letters, digits, - _ .",
    )
}
