//! What whoever waits for a sign-in is told and asked meanwhile.

use crate::json;
use secrecy::SecretString;
use tg_core::ports::BoxFuture;

/// Is told what happens while it happens.
pub type Tell<'a> = &'a (dyn Fn(json::LoginNews) + Send + Sync);

/// Somebody, or something, that knows two-step passwords.
pub trait PasswordSource: Send + Sync {
    /// The password of the account that is signing in; `None` if it is not known. Asked again after
    /// a wrong one.
    fn password<'a>(&'a self, hint: Option<&'a str>) -> BoxFuture<'a, Option<SecretString>>;
}
