//! `users.*`: who somebody is.

use grammers_tl_types as tl;
use tl::{enums, functions as f, types as t};

use super::caller::Caller;
use super::errors::RpcError;
use crate::sync::locked;

/// core.telegram.org/method/users.getUsers: who cannot be addressed comes back as `userEmpty`.
pub(crate) fn get(caller: &Caller<'_>, args: &f::users::GetUsers) -> Vec<enums::User> {
    let one = |user: &enums::InputUser| {
        let id = caller.user(user);
        let person = id.ok().and_then(|id| caller.shared.world.person(id));
        match (person, user) {
            (Some(person), _) => caller.view(&locked(&caller.account.mailbox), person),
            (None, enums::InputUser::User(user)) => t::UserEmpty { id: user.user_id }.into(),
            (None, _) => t::UserEmpty { id: 0 }.into(),
        }
    };
    args.id.iter().map(one).collect()
}

/// core.telegram.org/method/users.getFullUser.
pub(crate) fn full(
    caller: &Caller<'_>,
    args: &f::users::GetFullUser,
) -> Result<enums::users::UserFull, RpcError> {
    let id = caller.user(&args.id).map_err(|_| RpcError::bad("USER_ID_INVALID"))?;
    let users = caller.views(&locked(&caller.account.mailbox), [id]);
    Ok(t::users::UserFull { full_user: crate::tl::full_user(id).into(), chats: Vec::new(), users }
        .into())
}
