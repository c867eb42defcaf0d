//! What a campaign asks of its texts.

use crate::ids::TemplateId;
use crate::money::Money;

/// How a campaign's texts are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Personal {
    /// What the model is asked: a template.
    pub prompt: TemplateId,
    /// Fields that the model is told, and no others; sorted.
    pub fields: Vec<String>,
    /// Whether a person approves each text.
    pub review: bool,
    /// What all of its texts may cost.
    pub limits: Limits,
}

/// What may be spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Tokens; `None`: no end of them.
    pub tokens: Option<i64>,
    /// Money; `None`: no end of it.
    pub money: Option<Money>,
}
