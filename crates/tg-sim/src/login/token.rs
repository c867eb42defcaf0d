//! QR codes: tokens that a client shows and another session of a person accepts
//! (core.telegram.org/api/qr-login).

/// How long a token may be accepted, seconds.
pub(crate) const TOKEN_LIFE: i64 = 30;

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenState {
    /// Nobody has accepted it; good until then, Unix seconds.
    Shown { until: i64 },
    /// An account has; it may be taken until then.
    Accepted { account: usize, until: i64 },
}
