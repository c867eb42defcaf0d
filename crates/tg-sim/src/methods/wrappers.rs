//! What calls come wrapped in: layers, the introduction of the client, ordering.

use grammers_tl_types::{Identifiable, functions as f};

use super::errors::RpcError;
use crate::mtproto::{Reader, Short};

/// The layers that are spoken: answers are those of the newest, and the methods here are the same in all of them.
const LAYERS: std::ops::RangeInclusive<i32> = 220..=grammers_tl_types::LAYER;
/// Wrappers around wrappers, and values in a client's JSON, to this depth.
const DEPTH: usize = 16;

/// A call without its wrappers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unwrapped<'a> {
    pub(crate) call: &'a [u8],
    /// Not wrapped in `invokeWithoutUpdates`.
    pub(crate) updates: bool,
}

impl From<Short> for RpcError {
    fn from(_: Short) -> Self {
        Self::unreadable()
    }
}

// The generic parameter has no part in the number.
const WITH_LAYER: u32 = f::InvokeWithLayer::<f::help::GetConfig>::CONSTRUCTOR_ID;
const INIT: u32 = f::InitConnection::<f::help::GetConfig>::CONSTRUCTOR_ID;
const WITHOUT_UPDATES: u32 = f::InvokeWithoutUpdates::<f::help::GetConfig>::CONSTRUCTOR_ID;
const AFTER: u32 = f::InvokeAfterMsg::<f::help::GetConfig>::CONSTRUCTOR_ID;
const AFTER_ALL: u32 = f::InvokeAfterMsgs::<f::help::GetConfig>::CONSTRUCTOR_ID;

/// Takes the wrappers off. Calls are applied in the order in which they come, which is all that the ordering ones ask.
pub(crate) fn unwrap(body: &[u8]) -> Result<Unwrapped<'_>, RpcError> {
    let mut updates = true;
    let mut call = body;
    for _ in 0..DEPTH {
        let mut reader = Reader::new(call);
        match reader.u32()? {
            WITH_LAYER => {
                if !LAYERS.contains(&reader.i32()?) {
                    return Err(RpcError::bad("CONNECTION_LAYER_INVALID"));
                }
            }
            INIT => skip_introduction(&mut reader)?,
            WITHOUT_UPDATES => updates = false,
            AFTER => {
                reader.i64()?;
            }
            AFTER_ALL => {
                for _ in 0..reader.vector()? {
                    reader.i64()?;
                }
            }
            _ => return Ok(Unwrapped { call, updates }),
        }
        call = reader.rest();
    }
    Err(RpcError::unreadable())
}

/// `initConnection`, up to the call in it.
fn skip_introduction(reader: &mut Reader<'_>) -> Result<(), Short> {
    let flags = reader.u32()?;
    reader.i32()?;
    // Device, system, application, and three languages.
    for _ in 0..6 {
        reader.bytes()?;
    }
    if flags & 1 != 0 {
        // inputClientProxy: constructor, address, port.
        reader.u32()?;
        reader.bytes()?;
        reader.i32()?;
    }
    if flags & 2 != 0 {
        skip_json(reader, DEPTH)?;
    }
    Ok(())
}

/// A `JSONValue`. Written by hand, because the generated reader recurses as deep as a hostile client likes.
fn skip_json(reader: &mut Reader<'_>, depth: usize) -> Result<(), Short> {
    use grammers_tl_types::types as t;

    const NULL: u32 = 0x3f6d_7b68;
    let depth = depth.checked_sub(1).ok_or(Short)?;
    match reader.u32()? {
        NULL => {}
        t::JsonBool::CONSTRUCTOR_ID => {
            reader.u32()?;
        }
        t::JsonNumber::CONSTRUCTOR_ID => {
            reader.i64()?;
        }
        t::JsonString::CONSTRUCTOR_ID => {
            reader.bytes()?;
        }
        t::JsonArray::CONSTRUCTOR_ID => {
            for _ in 0..reader.vector()? {
                skip_json(reader, depth)?;
            }
        }
        t::JsonObject::CONSTRUCTOR_ID => {
            for _ in 0..reader.vector()? {
                reader.u32()?;
                reader.bytes()?;
                skip_json(reader, depth)?;
            }
        }
        _ => return Err(Short),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use grammers_tl_types::{Serializable, enums, types};

    use super::*;

    fn wrapped(layer: i32, params: Option<enums::Jsonvalue>) -> Vec<u8> {
        f::InvokeWithLayer {
            layer,
            query: f::InitConnection {
                api_id: 1,
                device_model: "d".into(),
                system_version: "s".into(),
                app_version: "a".into(),
                system_lang_code: "en".into(),
                lang_pack: String::new(),
                lang_code: "en".into(),
                proxy: Some(
                    types::InputClientProxy { address: "127.0.0.1".into(), port: 1080 }.into(),
                ),
                params,
                query: f::InvokeWithoutUpdates { query: f::help::GetConfig {} },
            },
        }
        .to_bytes()
    }

    #[test]
    fn wrappers_come_off() {
        let object = types::JsonObject {
            value: vec![
                types::JsonObjectValue {
                    key: "tz_offset".into(),
                    value: types::JsonNumber { value: 3.0 }.into(),
                }
                .into(),
            ],
        };
        let body = wrapped(230, Some(object.into()));
        let unwrapped = unwrap(&body).unwrap();
        assert_eq!(unwrapped.call, f::help::GetConfig {}.to_bytes());
        assert!(!unwrapped.updates);
        unwrap(&wrapped(229, None)).unwrap();
    }

    #[test]
    fn unknown_layers_are_refused() {
        assert_eq!(unwrap(&wrapped(100, None)).unwrap_err().text, "CONNECTION_LAYER_INVALID");
    }

    #[test]
    fn depth_has_an_end() {
        let mut value: enums::Jsonvalue = types::JsonBool { value: true }.into();
        for _ in 0..1000 {
            value = types::JsonArray { value: vec![value] }.into();
        }
        assert_eq!(unwrap(&wrapped(230, Some(value))).unwrap_err(), RpcError::unreadable());
        let once = f::InvokeWithoutUpdates::<f::help::GetConfig>::CONSTRUCTOR_ID.to_bytes();
        assert_eq!(unwrap(&once.repeat(1000)).unwrap_err(), RpcError::unreadable());
    }
}
