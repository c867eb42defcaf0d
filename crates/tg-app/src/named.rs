//! From what a person typed to the thing that has that name.

use crate::error::AppError;
use tg_core::account::Account;
use tg_core::audience::Audience;
use tg_core::campaign::Campaign;
use tg_core::ids::Slug;
use tg_core::ports::{StoredTemplate, Unit};
use tg_core::proxy::Proxy;

/// A name as somebody typed it.
pub(crate) fn slug(name: &str) -> Result<Slug, AppError> {
    Slug::parse(name).map_err(|error| {
        AppError::usage("bad_name", error.to_string())
            .advise("names are like \"spring\" or \"acc-01\": lower-case letters, digits, - _ .")
    })
}

/// A label as somebody typed it.
pub(crate) fn tag(text: &str) -> Result<Slug, AppError> {
    Slug::parse(text).map_err(|error| {
        AppError::usage("bad_tag", error.to_string())
            .advise("tags are written like names: +germany -test")
    })
}

/// Labels as somebody typed them, each once.
pub(crate) fn tags(texts: &[String]) -> Result<Vec<Slug>, AppError> {
    let mut tags = texts.iter().map(|text| tag(text)).collect::<Result<Vec<_>, _>>()?;
    tags.sort();
    tags.dedup();
    Ok(tags)
}

pub(crate) fn account(unit: &dyn Unit, name: &Slug) -> Result<Account, AppError> {
    unit.account_named(name)?.ok_or_else(|| missing("account", name, "`tg account list`"))
}

pub(crate) fn proxy(unit: &dyn Unit, name: &Slug) -> Result<Proxy, AppError> {
    let found = unit.proxies()?.into_iter().find(|proxy| proxy.name == *name);
    found.ok_or_else(|| missing("proxy", name, "`tg proxy list`"))
}

pub(crate) fn audience(unit: &dyn Unit, name: &Slug) -> Result<Audience, AppError> {
    unit.audience_named(name)?.ok_or_else(|| missing("audience", name, "`tg audience list`"))
}

pub(crate) fn template(unit: &dyn Unit, name: &Slug) -> Result<StoredTemplate, AppError> {
    unit.template_named(name)?.ok_or_else(|| missing("template", name, "`tg template list`"))
}

pub(crate) fn campaign(unit: &dyn Unit, name: &Slug) -> Result<Campaign, AppError> {
    unit.campaign_named(name)?.ok_or_else(|| missing("campaign", name, "`tg campaign list`"))
}

fn missing(what: &str, name: &Slug, list: &str) -> AppError {
    AppError::not_found(format!("there is no {what} named \"{name}\""))
        .advise(format!("{list} shows all"))
}
