//! What a part commits to beside its text, as it is stored.

use crate::rows::unreadable;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use tg_core::delivery::{Button, ClaimedPart, Media};
use tg_core::ids::RandomId;

/// Files, the ids of an album's further files, and buttons.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Attached<'a> {
    media: Cow<'a, [Media]>,
    album: Cow<'a, [RandomId]>,
    buttons: Cow<'a, [Vec<Button>]>,
}

impl Attached<'_> {
    /// As JSON; nothing for a text alone, which most are.
    pub(super) fn of(part: &ClaimedPart) -> rusqlite::Result<Option<String>> {
        if part.body.media.is_empty() && part.body.buttons.is_empty() {
            return Ok(None);
        }
        let attached = Attached {
            media: Cow::Borrowed(&part.body.media),
            album: Cow::Borrowed(&part.album),
            buttons: Cow::Borrowed(&part.body.buttons),
        };
        let json = serde_json::to_string(&attached);
        json.map(Some).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
    }

    /// Puts what was stored back into its part.
    pub(super) fn restore(json: Option<&str>, part: &mut ClaimedPart) -> rusqlite::Result<()> {
        let Some(json) = json else { return Ok(()) };
        let attached: Attached<'static> =
            serde_json::from_str(json).map_err(|_| unreadable("attachment"))?;
        part.body.media = attached.media.into_owned();
        part.album = attached.album.into_owned();
        part.body.buttons = attached.buttons.into_owned();
        Ok(())
    }
}
