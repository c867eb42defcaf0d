//! Whether a text is in the language that somebody reads, as far as a text of a few words says so.

use whatlang::{Lang, detect};

/// Shorter texts are not judged, in characters.
const JUDGED: usize = 40;

/// Languages by their two letters (ISO 639-1), as contacts have them, that the detector knows.
const KNOWN: [(&str, Lang); 52] = [
    ("ar", Lang::Ara),
    ("az", Lang::Aze),
    ("be", Lang::Bel),
    ("bg", Lang::Bul),
    ("bn", Lang::Ben),
    ("ca", Lang::Cat),
    ("cs", Lang::Ces),
    ("da", Lang::Dan),
    ("de", Lang::Deu),
    ("el", Lang::Ell),
    ("en", Lang::Eng),
    ("es", Lang::Spa),
    ("et", Lang::Est),
    ("fa", Lang::Pes),
    ("fi", Lang::Fin),
    ("fr", Lang::Fra),
    ("gu", Lang::Guj),
    ("he", Lang::Heb),
    ("hi", Lang::Hin),
    ("hr", Lang::Hrv),
    ("hu", Lang::Hun),
    ("hy", Lang::Hye),
    ("id", Lang::Ind),
    ("it", Lang::Ita),
    ("ja", Lang::Jpn),
    ("ka", Lang::Kat),
    ("kn", Lang::Kan),
    ("ko", Lang::Kor),
    ("lt", Lang::Lit),
    ("lv", Lang::Lav),
    ("mk", Lang::Mkd),
    ("ml", Lang::Mal),
    ("mr", Lang::Mar),
    ("nb", Lang::Nob),
    ("nl", Lang::Nld),
    ("no", Lang::Nob),
    ("pa", Lang::Pan),
    ("pl", Lang::Pol),
    ("pt", Lang::Por),
    ("ro", Lang::Ron),
    ("ru", Lang::Rus),
    ("sk", Lang::Slk),
    ("sl", Lang::Slv),
    ("sr", Lang::Srp),
    ("sv", Lang::Swe),
    ("ta", Lang::Tam),
    ("te", Lang::Tel),
    ("th", Lang::Tha),
    ("tr", Lang::Tur),
    ("uk", Lang::Ukr),
    ("vi", Lang::Vie),
    ("zh", Lang::Cmn),
];

/// Close enough to be taken for each other in a few words.
const ALIKE: [&[Lang]; 5] = [
    &[Lang::Hrv, Lang::Srp, Lang::Slv],
    &[Lang::Ces, Lang::Slk],
    &[Lang::Dan, Lang::Nob, Lang::Swe],
    &[Lang::Rus, Lang::Ukr, Lang::Bel, Lang::Bul, Lang::Mkd],
    &[Lang::Spa, Lang::Por, Lang::Cat],
];

/// False only if the text is long enough to tell and reliably in another language.
pub(super) fn may_be(text: &str, lang: &str) -> bool {
    if text.chars().count() < JUDGED {
        return true;
    }
    let primary = lang.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let Some((_, wanted)) = KNOWN.iter().find(|(code, _)| *code == primary) else { return true };
    match detect(text) {
        Some(found) if found.is_reliable() => {
            let found = found.lang();
            found == *wanted
                || ALIKE.iter().any(|group| group.contains(&found) && group.contains(wanted))
        }
        _ => true,
    }
}
