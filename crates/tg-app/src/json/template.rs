//! Templates as results.

use super::rfc3339;
use serde::Serialize;
use tg_core::delivery::Body;
use tg_core::ports::StoredTemplate;
use tg_core::template::Fault;

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
    /// Fields that it uses, sorted; empty if it does not compile.
    pub fields: Vec<String>,
}

impl Template {
    pub(crate) fn new(stored: &StoredTemplate, fields: Vec<String>) -> Self {
        let format = stored.format.as_str();
        Self {
            name: stored.name.to_string(),
            format,
            created_at: rfc3339(stored.created_at),
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
}

/// A fault and its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TemplateFault {
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub message: String,
}

impl From<&Fault> for TemplateFault {
    fn from(fault: &Fault) -> Self {
        Self { line: fault.line, column: fault.column, message: fault.message.clone() }
    }
}

/// What a template says to some people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Previews {
    /// `tg.preview/1`
    pub schema: &'static str,
    /// The template.
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
    /// The messages that they would get.
    pub messages: Vec<Body>,
    /// Why they would get none.
    pub error: Option<String>,
}
