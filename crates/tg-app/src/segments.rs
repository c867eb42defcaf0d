//! Choices among people: filters, and filters with a name.

use crate::act::Act;
use crate::actor::Actor;
use crate::app::App;
use crate::error::AppError;
use crate::json;
use crate::named;
use crate::permissions::Permission;
use tg_core::audience::Audience;
use tg_core::filter::{self, Filter};
use tg_core::ids::Slug;
use tg_core::ports::{CampaignFilter, Choice, Segment, Unit};
use tg_core::time::Timestamp;

/// Whom of an audience somebody means; by default everybody. One of both at most.
#[derive(Clone, Copy, Debug, Default)]
pub struct Whom<'a> {
    /// A filter as it was typed.
    pub filter: Option<&'a str>,
    /// The name of a segment.
    pub segment: Option<&'a str>,
}

/// What [`Whom`] was read as.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    Everybody,
    Filter(Filter),
    Segment(Slug),
}

impl Asked {
    pub(crate) fn read(whom: Whom<'_>) -> Result<Self, AppError> {
        match (whom.filter, whom.segment) {
            (None, None) => Ok(Self::Everybody),
            (Some(text), None) => read(text).map(Self::Filter),
            (None, Some(name)) => named::slug(name).map(Self::Segment),
            (Some(_), Some(_)) => {
                Err(AppError::usage("bad_filter", "a filter and a segment are two choices"))
            }
        }
    }

    /// The filter, if not everybody is meant, checked against what the audience has.
    pub(crate) fn of(
        self,
        unit: &dyn Unit,
        audience: &Audience,
    ) -> Result<Option<CampaignFilter>, AppError> {
        let chosen = match self {
            Self::Everybody => return Ok(None),
            Self::Filter(filter) => CampaignFilter { filter, segment: None },
            Self::Segment(name) => {
                CampaignFilter { filter: segment(unit, &name)?.filter, segment: Some(name) }
            }
        };
        let unknown: Vec<&str> = chosen
            .filter
            .fields()
            .into_iter()
            .filter(|field| !audience.fields.iter().any(|known| known == field))
            .collect();
        if !unknown.is_empty() {
            return Err(AppError::refused(
                "unknown_field",
                format!("{} has no field {}", audience.name, unknown.join(", ")),
            )
            .advise(format!("`tg audience show {}` names its fields", audience.name)));
        }
        for name in chosen.filter.audiences() {
            named::audience(unit, name)?;
        }
        Ok(Some(chosen))
    }

    /// The choice of an audience's people, if not everybody is meant.
    pub(crate) fn choice(
        self,
        unit: &dyn Unit,
        audience: &Audience,
        now: Timestamp,
    ) -> Result<Option<(Choice, Option<Slug>)>, AppError> {
        Ok(self.of(unit, audience)?.map(|chosen| {
            (Choice { audience: audience.id, filter: chosen.filter, now }, chosen.segment)
        }))
    }
}

/// Reads a filter.
fn read(text: &str) -> Result<Filter, AppError> {
    filter::parse(text).map_err(|error| {
        AppError::usage("bad_filter", format!("the filter cannot be read: {error}"))
            .advise(format!("here:\n{}", error.pointed()))
    })
}

fn segment(unit: &dyn Unit, name: &Slug) -> Result<Segment, AppError> {
    let found = unit.segments()?.into_iter().find(|segment| segment.name == *name);
    found.ok_or_else(|| {
        AppError::not_found(format!("there is no segment named \"{name}\""))
            .advise("`tg segment list` shows all")
    })
}

/// Gives a filter a name.
///
/// # Errors
/// If it is none, or the name is taken.
pub async fn add(
    app: &App,
    actor: &Actor,
    name: &str,
    text: &str,
) -> Result<json::SegmentDetail, AppError> {
    let act = Act::begin(app, actor, Permission::SegmentAdd, "segment", Some(name)).await?;
    let (name, filter) = (named::slug(name)?, read(text)?);
    act.write(move |unit, at| {
        unit.add_segment(&name, &filter, at)?;
        let shown = json::Segment::from(&segment(unit, &name)?);
        let told = shown.filter.clone();
        Ok((json::SegmentDetail { schema: "tg.segment/1", segment: shown, people: None }, told))
    })
    .await
}

/// All segments, by name.
///
/// # Errors
/// A refusal, or the store's failure.
pub async fn list(app: &App, actor: &Actor) -> Result<json::Segments, AppError> {
    let act = Act::begin(app, actor, Permission::SegmentList, "segments", None).await?;
    act.read(|unit| {
        let all = unit.segments()?;
        let segments = all.iter().map(json::Segment::from).collect();
        Ok(json::Segments { schema: "tg.segments/1", segments })
    })
    .await
}

/// One segment, and how many people of an audience it chooses now.
///
/// # Errors
/// If there is no such segment or audience, or the audience lacks a field.
pub async fn show(
    app: &App,
    actor: &Actor,
    name: &str,
    audience: Option<&str>,
) -> Result<json::SegmentDetail, AppError> {
    let act = Act::begin(app, actor, Permission::SegmentShow, "segment", Some(name)).await?;
    let name = named::slug(name)?;
    let audience = audience.map(named::slug).transpose()?;
    let now = app.clock.now();
    act.read(move |unit| {
        let shown = json::Segment::from(&segment(unit, &name)?);
        let people = match audience {
            None => None,
            Some(audience) => {
                let list = named::audience(unit, &audience)?;
                let choice = Asked::Segment(name.clone()).choice(unit, &list, now)?;
                choice.map(|(choice, _)| unit.count_chosen(&choice)).transpose()?
            }
        };
        Ok(json::SegmentDetail { schema: "tg.segment/1", segment: shown, people })
    })
    .await
}

/// Takes a segment away. Campaigns keep what they were made with.
///
/// # Errors
/// If there is none of that name.
pub async fn remove(app: &App, actor: &Actor, name: &str) -> Result<json::SegmentDetail, AppError> {
    let act = Act::begin(app, actor, Permission::SegmentRemove, "segment", Some(name)).await?;
    let name = named::slug(name)?;
    act.write(move |unit, _| {
        let shown = json::Segment::from(&segment(unit, &name)?);
        unit.remove_segment(&name)?;
        let told = shown.filter.clone();
        Ok((json::SegmentDetail { schema: "tg.segment/1", segment: shown, people: None }, told))
    })
    .await
}
