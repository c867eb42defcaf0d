//! What comes from outside becomes a value of the domain here, or an error that says why not.
//!
//! Errors never quote what they refuse: a phone number or a key must not reach a log that way.

mod field;
mod file;
mod json;
mod lang;
pub mod list;
mod name;
mod path;
#[cfg(test)]
mod payloads;
mod phone;
mod proxy;
mod text;
mod time;
mod tz;
mod url;
mod user_id;
mod username;

pub use field::{FieldNameError, MAX_FIELD, MAX_FIELD_NAME, clean_field, field_name};
pub use file::{FileError, parse_media};
pub use json::{JsonBounds, JsonError, JsonPlace, read_json, read_json_with};
pub use lang::{LangError, parse_lang};
pub use name::{MAX_NAME, clean_name};
pub use path::{PathFault, check_path, inside};
pub use phone::{PhoneError, PhoneRules, Region, RegionError, parse_phone};
pub use proxy::{ProxyTextError, WrittenProxy, parse_proxy, proxy_password};
pub use text::{TextError, is_bidi_control, strip_bidi, strip_invisible};
pub use time::{TimeError, parse_time};
pub use tz::{TzError, parse_tz};
pub use url::{HttpUrl, MAX_URL, UrlError, UrlRules};
pub(crate) use user_id::user_id;
pub use user_id::{UserIdError, parse_user_id};
pub use username::{UsernameFault, parse_username};
