//! Errors that a method answers.

use std::borrow::Cow;

use grammers_tl_types::{self as tl, Serializable};

/// `rpc_error` (core.telegram.org/api/errors).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RpcError {
    pub(crate) code: i32,
    pub(crate) text: Cow<'static, str>,
}

impl RpcError {
    pub(crate) const fn new(code: i32, text: &'static str) -> Self {
        Self { code, text: Cow::Borrowed(text) }
    }

    /// 400, the request itself is at fault.
    pub(crate) const fn bad(text: &'static str) -> Self {
        Self::new(400, text)
    }

    /// The arguments cannot be read.
    pub(crate) const fn unreadable() -> Self {
        Self::bad("INPUT_FETCH_ERROR")
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let error = tl::types::RpcError {
            error_code: self.code,
            error_message: self.text.clone().into_owned(),
        };
        tl::enums::RpcError::from(error).to_bytes()
    }
}
