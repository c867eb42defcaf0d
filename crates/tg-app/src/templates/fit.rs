//! Whether a template fits an audience.

use crate::error::AppError;
use tg_core::audience::Audience;
use tg_core::contact::STANDARD_FIELDS;
use tg_core::ports::StoredTemplate;
use tg_core::template::{Letter, TextFault};

/// Compiles a template in all languages and, given an audience, checks its fields.
pub(super) fn fit(
    stored: &StoredTemplate,
    audience: Option<&Audience>,
) -> Result<Letter, Vec<TextFault>> {
    let known: Option<Vec<&str>> = audience.map(|list| {
        STANDARD_FIELDS.into_iter().chain(list.fields.iter().map(String::as_str)).collect()
    });
    Letter::compile(&stored.text, &stored.others, known.as_deref())
}

/// The same for somebody who has to have one that fits.
///
/// # Errors
/// A refusal that names the first fault's place.
pub(crate) fn fitting(stored: &StoredTemplate, audience: &Audience) -> Result<Letter, AppError> {
    fit(stored, Some(audience)).map_err(|faults| faulty(stored, audience, &faults))
}

/// The refusal of a template that has faults for an audience, naming the first one's place.
pub(super) fn faulty(
    stored: &StoredTemplate,
    audience: &Audience,
    faults: &[TextFault],
) -> AppError {
    let first = faults.first().map_or_else(String::new, |TextFault { lang, fault }| {
        let lang = if lang.is_empty() { String::new() } else { format!("{lang}, ") };
        format!(": {lang}line {}, column {}: {}", fault.line, fault.column, fault.message)
    });
    let more = match faults.len() {
        0 | 1 => String::new(),
        n => format!(" (and {} more)", n - 1),
    };
    AppError::refused(
        "template_faults",
        format!("the template \"{}\" does not fit \"{}\"{first}{more}", stored.name, audience.name),
    )
    .advise(format!(
        "`tg template lint {} --audience {}` shows all faults",
        stored.name, audience.name
    ))
}

/// The languages that a template names, the default's first.
pub(super) fn languages(stored: &StoredTemplate) -> Vec<String> {
    let all = std::iter::once(&stored.text).chain(&stored.others);
    all.map(|text| text.lang.clone()).filter(|lang| !lang.is_empty()).collect()
}
