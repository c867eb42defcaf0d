//! Who calls, whether they may, and whom they mean.

use grammers_tl_types::{self as tl, Serializable};
use tl::enums;

use super::call::Call;
use super::errors::RpcError;
use super::{contacts, files, help, history, login, send, updates, users};
use crate::account::{Account, Standing};
use crate::mail::{Contact, Mailbox};
use crate::shared::Shared;
use crate::sync::locked;
use crate::world::Person;

/// An account on a connection to one data centre.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) account: &'a Account,
    /// The account's number.
    pub(crate) index: usize,
    /// Whose keys are used. Differs from the account for keys with which somebody signed in later.
    pub(crate) device: &'a Account,
    /// The number of those keys.
    pub(crate) device_index: usize,
    pub(crate) dc: i32,
}

/// What has to happen after a call was applied, besides its answer.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    /// Serialised `Updates` for other accounts, to go out when the logs are written.
    pub(crate) pushes: Vec<(usize, Vec<u8>)>,
}

const PEER_ID_INVALID: RpcError = RpcError::bad("PEER_ID_INVALID");

impl Caller<'_> {
    /// Refuses who may not call at all, or not here, or not this.
    pub(crate) fn admit(&self, call: &Call) -> Result<(), RpcError> {
        if call.is_public() || call.is_sign_in() {
            return Ok(());
        }
        let standing = self.account.standing();
        if standing == Standing::Banned {
            return Err(RpcError::new(401, "USER_DEACTIVATED_BAN"));
        }
        if !self.device.is_signed_in(self.dc) {
            return Err(RpcError::new(401, "AUTH_KEY_UNREGISTERED"));
        }
        let home = self.account.home_dc();
        if home != self.dc {
            return Err(RpcError { code: 303, text: format!("USER_MIGRATE_{home}").into() });
        }
        if standing != Standing::Good && call.is_write() {
            return Err(RpcError::new(420, "FROZEN_METHOD_INVALID"));
        }
        if self.account.is_bot() && call.is_for_people() {
            return Err(RpcError::bad("BOT_METHOD_INVALID"));
        }
        Ok(())
    }

    /// Applies a call; gives the serialised answer.
    pub(crate) fn apply(&self, call: &Call, effects: &mut Effects) -> Result<Vec<u8>, RpcError> {
        match call {
            Call::GetConfig => Ok(help::config(self).to_bytes()),
            Call::GetNearestDc => Ok(help::nearest_dc(self).to_bytes()),
            Call::GetAppConfig(args) => Ok(help::app_config(self, args).to_bytes()),
            Call::GetState => Ok(updates::state(self).to_bytes()),
            Call::GetDifference(args) => updates::difference(self, args).map(|d| d.to_bytes()),
            Call::GetUsers(args) => Ok(users::get(self, args).to_bytes()),
            Call::GetFullUser(args) => users::full(self, args).map(|full| full.to_bytes()),
            Call::ResolveUsername(args) => contacts::username(self, args).map(|p| p.to_bytes()),
            Call::ResolvePhone(args) => contacts::phone(self, args).map(|p| p.to_bytes()),
            Call::ImportContacts(args) => contacts::import(self, args).map(|i| i.to_bytes()),
            Call::GetContacts => Ok(contacts::list(self).to_bytes()),
            Call::SendMessage(args) => send::message(self, args, effects).map(|u| u.to_bytes()),
            Call::SendMedia(args) => send::file(self, args, effects).map(|u| u.to_bytes()),
            Call::SendMultiMedia(args) => send::album(self, args, effects).map(|u| u.to_bytes()),
            Call::UploadMedia(args) => files::upload_media(self, args).map(|m| m.to_bytes()),
            Call::SaveFilePart(args) => files::save_part(self, args).map(|done| done.to_bytes()),
            Call::GetHistory(args) => history::with_peer(self, args).map(|m| m.to_bytes()),
            Call::GetMessages(args) => Ok(history::by_id(self, args).to_bytes()),
            Call::GetDialogs(args) => Ok(history::dialogs(self, args).to_bytes()),
            Call::UpdateStatus => Ok(true.to_bytes()),
            Call::LogOut => Ok(login::log_out(self).to_bytes()),
            _ => self.sign_in(call, effects),
        }
    }

    /// The calls of those who are signing in.
    fn sign_in(&self, call: &Call, effects: &mut Effects) -> Result<Vec<u8>, RpcError> {
        match call {
            Call::SendCode(args) => login::send(self, args, effects).map(|s| s.to_bytes()),
            Call::ResendCode(args) => login::resend(self, args, effects).map(|s| s.to_bytes()),
            Call::CancelCode(args) => login::cancel(self, args).map(|done| done.to_bytes()),
            Call::SignIn(args) => login::sign_in(self, args).map(|a| a.to_bytes()),
            Call::GetPassword => login::get_password(self).map(|p| p.to_bytes()),
            Call::CheckPassword(args) => login::check_password(self, args).map(|a| a.to_bytes()),
            Call::ExportLoginToken(args) => login::export_token(self, args).map(|t| t.to_bytes()),
            Call::ImportLoginToken(args) => login::import_token(self, args).map(|t| t.to_bytes()),
            Call::AcceptLoginToken(args) => {
                login::accept_token(self, args, effects).map(|a| a.to_bytes())
            }
            Call::ImportBotAuthorization(args) => {
                login::import_bot(self, args).map(|a| a.to_bytes())
            }
            Call::ExportAuthorization(args) => {
                login::export_authorization(self, args).map(|a| a.to_bytes())
            }
            Call::ImportAuthorization(args) => {
                login::import_authorization(self, args).map(|a| a.to_bytes())
            }
            _ => Err(RpcError::bad("METHOD_INVALID")),
        }
    }

    /// The users that a call is about, for rules.
    pub(crate) fn targets(&self, call: &Call) -> Vec<i64> {
        let world = &self.shared.world;
        let id = |person: Option<&Person>| person.map(|person| person.user_id);
        match call {
            Call::SendMessage(args) => peer_id(self, &args.peer).into_iter().collect(),
            Call::SendMedia(args) => peer_id(self, &args.peer).into_iter().collect(),
            Call::SendMultiMedia(args) => peer_id(self, &args.peer).into_iter().collect(),
            Call::UploadMedia(args) => peer_id(self, &args.peer).into_iter().collect(),
            Call::GetHistory(args) => peer_id(self, &args.peer).into_iter().collect(),
            Call::ResolveUsername(args) => {
                id(world.by_username(&args.username)).into_iter().collect()
            }
            Call::ResolvePhone(args) => id(world.by_phone(&args.phone)).into_iter().collect(),
            Call::ImportContacts(args) => {
                let phones = args.contacts.iter().map(contacts::phone_of);
                phones.filter_map(|phone| id(world.by_phone(phone))).collect()
            }
            Call::GetUsers(args) => {
                let users = args.id.iter().map(|user| user_id(self, user));
                users.flatten().collect()
            }
            Call::GetFullUser(args) => user_id(self, &args.id).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn access_hash(&self, user_id: i64) -> i64 {
        let seeded = self.shared.world.seeded;
        seeded.access_hash(self.account.user_id(), user_id)
    }

    /// Whom an `InputPeer` means, if this account may address them so.
    pub(crate) fn peer(&self, peer: &enums::InputPeer) -> Result<i64, RpcError> {
        match peer {
            enums::InputPeer::PeerSelf => Ok(self.account.user_id()),
            enums::InputPeer::User(user) => self.address(user.user_id, user.access_hash),
            _ => Err(PEER_ID_INVALID),
        }
    }

    /// The same for an `InputUser`.
    pub(crate) fn user(&self, user: &enums::InputUser) -> Result<i64, RpcError> {
        match user {
            enums::InputUser::UserSelf => Ok(self.account.user_id()),
            enums::InputUser::User(user) => self.address(user.user_id, user.access_hash),
            _ => Err(PEER_ID_INVALID),
        }
    }

    /// A hash is good for the account that got it. Bots need none for those who started them.
    fn address(&self, user_id: i64, access_hash: i64) -> Result<i64, RpcError> {
        let known = self.shared.world.person(user_id).is_some();
        let allowed = access_hash == self.access_hash(user_id)
            || access_hash == 0 && self.account.is_bot() && self.was_started_by(user_id);
        if known && allowed { Ok(user_id) } else { Err(PEER_ID_INVALID) }
    }

    /// Whether a user started this bot: when the world began, or by writing to it since.
    pub(crate) fn was_started_by(&self, user_id: i64) -> bool {
        self.shared.world.started(self.account.user_id(), user_id)
            || !locked(&self.account.mailbox).with(user_id).is_empty()
    }

    /// A person as this account sees them; `mailbox` is the account's own.
    pub(crate) fn view(&self, mailbox: &Mailbox, person: &Person) -> enums::User {
        let id = person.user_id;
        let own = id == self.account.user_id();
        let contact = mailbox.contact(id);
        // An account sees its contacts under the names that it gave them, and numbers of contacts only.
        let name = |kept: fn(&Contact) -> &String, shown: &str| {
            contact.map_or_else(|| shown.to_owned(), |contact| kept(contact).clone())
        };
        let first_name = name(|contact| &contact.first_name, &person.first_name);
        let last_name = name(|contact| &contact.last_name, &person.last_name);
        let digits = person.phone.as_deref().map(|phone| phone.trim_start_matches('+'));
        tl::types::User {
            is_self: own,
            contact: contact.is_some(),
            bot: person.is_bot,
            bot_info_version: person.is_bot.then_some(1),
            access_hash: Some(self.access_hash(id)),
            first_name: Some(first_name),
            last_name: Some(last_name).filter(|name| !name.is_empty()),
            username: person.username.clone(),
            phone: digits.filter(|_| own || contact.is_some()).map(str::to_owned),
            ..crate::tl::blank_user(id)
        }
        .into()
    }

    /// People as this account sees them, each once, in the order of their ids; who is unknown is left out.
    pub(crate) fn views(
        &self,
        mailbox: &Mailbox,
        ids: impl IntoIterator<Item = i64>,
    ) -> Vec<enums::User> {
        let ids: std::collections::BTreeSet<i64> = ids.into_iter().collect();
        let people = ids.into_iter().filter_map(|id| self.shared.world.person(id));
        people.map(|person| self.view(mailbox, person)).collect()
    }
}

/// Whom a peer names, whether or not the hash is right.
fn peer_id(caller: &Caller<'_>, peer: &enums::InputPeer) -> Option<i64> {
    match peer {
        enums::InputPeer::PeerSelf => Some(caller.account.user_id()),
        enums::InputPeer::User(user) => Some(user.user_id),
        _ => None,
    }
}

fn user_id(caller: &Caller<'_>, user: &enums::InputUser) -> Option<i64> {
    match user {
        enums::InputUser::UserSelf => Some(caller.account.user_id()),
        enums::InputUser::User(user) => Some(user.user_id),
        _ => None,
    }
}
