//! Templates as results.

use super::rfc3339;
use serde::Serialize;
use tg_core::delivery::{Body, Media};
use tg_core::ports::StoredTemplate;
use tg_core::template::{Text, TextFault};

/// All templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Templates {
    /// `tg.templates/1`
    pub schema: &'static str,
    /// By name.
    pub templates: Vec<Template>,
}

/// One template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Template {
    /// The operator's name for it.
    pub name: String,
    /// How it is written: `markdown`, `html` or `plain`.
    pub format: &'static str,
    /// When it was added.
    pub created_at: String,
    /// Languages that it names, the default's first, if that is named.
    pub languages: Vec<String>,
    /// Fields that it uses in any of them, sorted; empty if it does not compile.
    pub fields: Vec<String>,
}

impl Template {
    pub(crate) fn new(
        stored: &StoredTemplate,
        fields: Vec<String>,
        languages: Vec<String>,
    ) -> Self {
        let format = stored.text.format.as_str();
        Self {
            name: stored.name.to_string(),
            format,
            created_at: rfc3339(stored.created_at),
            languages,
            fields,
        }
    }
}

/// One template with its source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateDetail {
    /// `tg.template/1`
    pub schema: &'static str,
    /// The template.
    #[serde(flatten)]
    pub template: Template,
    /// What was in the file.
    pub source: String,
    /// Files that its first message is sent with.
    pub media: Vec<Media>,
    /// Further languages.
    pub others: Vec<TemplateText>,
}

/// A template in one further language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateText {
    /// The language.
    pub lang: String,
    /// How it is written: `markdown`, `html` or `plain`.
    pub format: &'static str,
    /// What was in the file.
    pub source: String,
    /// Files that its first message is sent with.
    pub media: Vec<Media>,
}

impl From<&Text> for TemplateText {
    fn from(text: &Text) -> Self {
        Self {
            lang: text.lang.clone(),
            format: text.format.as_str(),
            source: text.source.clone(),
            media: text.media.clone(),
        }
    }
}

/// What is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// `tg.lint/1`
    pub schema: &'static str,
    /// The template.
    pub template: String,
    /// The list whose fields it was checked against, if any.
    pub audience: Option<String>,
    /// Whether it has no fault.
    pub ok: bool,
    /// By place.
    pub faults: Vec<TemplateFault>,
    /// What is no fault and should be looked at.
    pub warnings: Vec<TemplateFault>,
    /// Whether it has buttons, which only bots send.
    pub bots_only: bool,
    /// What people on the list would get; null without a list, or with faults.
    pub people: Option<LintPeople>,
}

/// What became of trying a template for the first people of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LintPeople {
    /// For how many it was tried.
    pub tried: usize,
    /// Of these, would get nothing: a field is missing, or the text too long.
    pub failing: usize,
    /// The first of them.
    pub first: Option<LintFailure>,
}

/// Somebody who would get nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LintFailure {
    /// Who, as tables show them.
    pub contact: String,
    /// Why.
    pub error: String,
}

/// A fault and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateFault {
    /// The language that has it; null if it was not named.
    pub lang: Option<String>,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl From<&TextFault> for TemplateFault {
    fn from(TextFault { lang, fault }: &TextFault) -> Self {
        Self {
            lang: (!lang.is_empty()).then(|| lang.clone()),
            line: fault.line,
            column: fault.column,
            message: fault.message.clone(),
        }
    }
}

/// What a template says to some people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Previews {
    /// `tg.preview/1`
    pub schema: &'static str,
    /// The campaign whose message is shown, if one was named.
    pub campaign: Option<String>,
    /// The template; of a campaign with variants, the first.
    pub template: String,
    /// The list that the people are from.
    pub audience: String,
    /// One per person.
    pub previews: Vec<Preview>,
}

/// What a template says to one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Who, as tables show them.
    pub contact: String,
    /// The language that they would read; null if it was not named.
    pub lang: Option<String>,
    /// The variant that they would get, if a campaign has any.
    pub variant: Option<String>,
    /// The account that would send it, as far as that is known: it has the delivery, or knows them.
    pub account: Option<String>,
    /// The messages that they would get.
    pub messages: Vec<Body>,
    /// Why they would get none.
    pub error: Option<String>,
}
