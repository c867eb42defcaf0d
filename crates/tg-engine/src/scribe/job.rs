//! One campaign's texts: how they are written, compiled once.

use std::sync::Arc;
use std::time::Duration;
use tg_core::campaign::Campaign;
use tg_core::personal::{Limits, MAX_LENGTH, Personal, Prices, Prompt, Rules};
use tg_core::ports::{StoreError, Unit};

/// How texts are written, whatever the campaign.
#[derive(Clone, Debug)]
pub struct TextOptions {
    /// Questions at once; at least 1.
    pub at_once: usize,
    /// How long a model that fails is tried again before recipients get the template.
    pub patience: Duration,
    /// Tokens of the longest answer.
    pub longest_answer: u32,
    /// UTF-16 code units of the longest text.
    pub length: usize,
    /// Words that no text may have.
    pub forbidden: Vec<String>,
    /// What tokens cost; `None`: nobody said.
    pub prices: Option<Prices>,
    /// What all texts of a day may cost.
    pub daily: Limits,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            at_once: 4,
            patience: Duration::from_secs(120),
            longest_answer: 2_048,
            length: MAX_LENGTH,
            forbidden: Vec::new(),
            prices: None,
            daily: Limits::default(),
        }
    }
}

/// A campaign whose texts are being written.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) campaign: Campaign,
    pub(super) personal: Personal,
    pub(super) rules: Rules,
    pub(super) prompt: Prompt,
}

impl Job {
    /// Reads how a campaign's texts are written; `None` if it has none.
    pub(super) fn read(
        unit: &dyn Unit,
        campaign: &Campaign,
        options: &TextOptions,
    ) -> Result<Option<Arc<Self>>, StoreError> {
        let Some(personal) = unit.personal(campaign.id)? else { return Ok(None) };
        let prompt = unit.template(personal.prompt)?;
        let template = unit.template(campaign.template)?;
        let others = template.others.iter().map(|text| text.source.as_str());
        let own = [prompt.text.source.as_str(), template.text.source.as_str()];
        let sources: Vec<&str> = own.into_iter().chain(others).collect();
        let rules = Rules::new(options.length, &options.forbidden, &sources);
        let prompt =
            Prompt::compile(&prompt.text.source, &personal.fields, &rules).map_err(|fault| {
                let detail = fault.message;
                StoreError::Backend { doing: "compiling a stored prompt", detail }
            })?;
        Ok(Some(Arc::new(Self { campaign: campaign.clone(), personal, rules, prompt })))
    }
}
