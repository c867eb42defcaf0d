//! A question for a model.

use crate::ports::IdKey;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What a model is asked. The three parts never mix: what a stranger typed into a field stays data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What holds for every text; the same for all recipients.
    pub rules: String,
    /// What the operator wants written.
    pub task: String,
    /// What is known of the person: the chosen fields.
    pub data: BTreeMap<String, String>,
}

impl Ask {
    /// Bytes of all that it says.
    #[must_use]
    pub fn length(&self) -> usize {
        let data: usize = self.data.iter().map(|(name, value)| name.len() + value.len() + 8).sum();
        self.rules.len() + self.task.len() + data
    }
}

/// By which the same question within a campaign is recognised, without keeping it: a keyed hash.
#[must_use]
pub fn tag(key: &dyn IdKey, campaign: Uuid, model: &str, ask: &Ask) -> [u8; 16] {
    let mut message = b"tg.personal/1".to_vec();
    message.extend_from_slice(campaign.as_bytes());
    let mut add = |text: &str| {
        message.extend_from_slice(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        message.extend_from_slice(text.as_bytes());
    };
    add(model);
    add(&ask.rules);
    add(&ask.task);
    for (name, value) in &ask.data {
        add(name);
        add(value);
    }
    let whole = key.tag(&message);
    let mut short = [0; 16];
    short.copy_from_slice(&whole[..16]);
    short
}
