//! Who may use the home, and who tried in vain.

use super::StoreError;
use crate::ids::{OperatorId, Slug};
use crate::operator::{ApiKey, Failures, Operator, Role, SignIn};
use crate::time::Timestamp;

/// Operators and their keys.
pub trait OperatorStore {
    /// Adds an operator.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the name is taken; also by somebody who is disabled.
    fn add_operator(
        &mut self,
        name: &Slug,
        role: Role,
        at: Timestamp,
    ) -> Result<OperatorId, StoreError>;

    /// All operators, by name.
    ///
    /// # Errors
    /// If the store fails.
    fn operators(&self) -> Result<Vec<Operator>, StoreError>;

    /// Changes what an operator may do, from their next command on.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none.
    fn set_operator_role(&mut self, id: OperatorId, role: Role) -> Result<(), StoreError>;

    /// Shuts an operator out, with all keys and sign-ins; `None` lets them in again.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none.
    fn disable_operator(&mut self, id: OperatorId, at: Option<Timestamp>)
    -> Result<(), StoreError>;

    /// Keeps a new key.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if there is one with this id.
    fn add_api_key(&mut self, key: &ApiKey) -> Result<(), StoreError>;

    /// A key, by the part that is no secret.
    ///
    /// # Errors
    /// If the store fails.
    fn api_key(&self, id: &str) -> Result<Option<ApiKey>, StoreError>;

    /// All keys, oldest first; those of one operator, if one is named.
    ///
    /// # Errors
    /// If the store fails.
    fn api_keys(&self, operator: Option<OperatorId>) -> Result<Vec<ApiKey>, StoreError>;

    /// Takes a key back.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none.
    fn revoke_api_key(&mut self, id: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Writes down that a key was shown.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none.
    fn api_key_used(&mut self, id: &str, at: Timestamp) -> Result<(), StoreError>;
}

/// Sign-ins, failures to prove who one is, and whether that is required.
pub trait DoorStore {
    /// Keeps a new sign-in, and forgets those that ended before `now`.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if there is one with this id.
    fn add_sign_in(&mut self, sign_in: &SignIn, now: Timestamp) -> Result<(), StoreError>;

    /// A sign-in, by the part that is no secret.
    ///
    /// # Errors
    /// If the store fails.
    fn sign_in(&self, id: &str) -> Result<Option<SignIn>, StoreError>;

    /// Writes down that a sign-in was used.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none.
    fn sign_in_seen(&mut self, id: &str, at: Timestamp) -> Result<(), StoreError>;

    /// Ends a sign-in; nothing happens if there is none.
    ///
    /// # Errors
    /// If the store fails.
    fn end_sign_in(&mut self, id: &str) -> Result<(), StoreError>;

    /// What is known against a source or a key.
    ///
    /// # Errors
    /// If the store fails.
    fn failures(&self, subject: &str) -> Result<Option<Failures>, StoreError>;

    /// Writes down what is known against one, and forgets what is older than `since`. The number of
    /// subjects is bounded: the oldest make room.
    ///
    /// # Errors
    /// If the store fails.
    fn put_failures(
        &mut self,
        subject: &str,
        failures: Failures,
        since: Timestamp,
    ) -> Result<(), StoreError>;

    /// Whether every command needs a key or a sign-in.
    ///
    /// # Errors
    /// If the store fails.
    fn sign_in_required(&self) -> Result<bool, StoreError>;

    /// Changes that.
    ///
    /// # Errors
    /// If the store fails.
    fn require_sign_in(&mut self, required: bool) -> Result<(), StoreError>;
}
