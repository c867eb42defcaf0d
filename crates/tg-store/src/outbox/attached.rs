//! What a part commits to beside its text, as it is stored: files, the ids of an album's further
//! files, and buttons, as a JSON list of the three.

use crate::rows::unreadable;
use tg_core::delivery::{Button, ClaimedPart, Media};
use tg_core::ids::RandomId;

/// Files, ids, buttons by row.
type Attached = (Vec<Media>, Vec<RandomId>, Vec<Vec<Button>>);

/// As JSON; nothing for a text alone, which most are.
pub(super) fn written(part: &ClaimedPart) -> rusqlite::Result<Option<String>> {
    let body = &part.body;
    if body.media.is_empty() && body.buttons.is_empty() {
        return Ok(None);
    }
    let json = serde_json::to_string(&(&body.media, &part.album, &body.buttons));
    json.map(Some).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))
}

/// Puts what was stored back into its part.
pub(super) fn restore(json: Option<&str>, part: &mut ClaimedPart) -> rusqlite::Result<()> {
    let Some(json) = json else { return Ok(()) };
    let (media, album, buttons): Attached =
        serde_json::from_str(json).map_err(|_| unreadable("attachment"))?;
    part.body.media = media;
    part.album = album;
    part.body.buttons = buttons;
    Ok(())
}
