//! From the bytes of a call to the method and its arguments.

use grammers_tl_types::{self as tl, Cursor, Deserializable, Identifiable};
use tl::{functions as f, types as t};

use super::errors::RpcError;
use super::lenient::peers_as_users;
use super::wrappers::unwrap;

/// A call of a method that there is.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    GetConfig,
    GetNearestDc,
    GetAppConfig(f::help::GetAppConfig),
    GetState,
    GetDifference(f::updates::GetDifference),
    GetUsers(f::users::GetUsers),
    GetFullUser(f::users::GetFullUser),
    ResolveUsername(f::contacts::ResolveUsername),
    ResolvePhone(f::contacts::ResolvePhone),
    ImportContacts(f::contacts::ImportContacts),
    GetContacts,
    SendMessage(Box<f::messages::SendMessage>),
    SendMedia(Box<f::messages::SendMedia>),
    SendMultiMedia(Box<f::messages::SendMultiMedia>),
    UploadMedia(Box<f::messages::UploadMedia>),
    SaveFilePart(f::upload::SaveFilePart),
    GetHistory(f::messages::GetHistory),
    GetMessages(f::messages::GetMessages),
    GetDialogs(f::messages::GetDialogs),
    UpdateStatus,
    LogOut,
    SendCode(f::auth::SendCode),
    ResendCode(f::auth::ResendCode),
    CancelCode(f::auth::CancelCode),
    SignIn(f::auth::SignIn),
    GetPassword,
    CheckPassword(f::auth::CheckPassword),
    ExportLoginToken(f::auth::ExportLoginToken),
    ImportLoginToken(f::auth::ImportLoginToken),
    AcceptLoginToken(f::auth::AcceptLoginToken),
    ImportBotAuthorization(f::auth::ImportBotAuthorization),
    ExportAuthorization(f::auth::ExportAuthorization),
    ImportAuthorization(f::auth::ImportAuthorization),
}

/// A call, read as far as it could be.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    /// As in `messages.sendMessage`; for statistics and rules.
    pub(crate) method: &'static str,
    pub(crate) call: Result<Call, RpcError>,
    /// Whether the client wants updates on this connection.
    pub(crate) updates: bool,
}

/// Reads a call out of its wrappers.
pub(crate) fn parse(body: &[u8]) -> Parsed {
    match unwrap(body) {
        Ok(unwrapped) => {
            let mut cursor = Cursor::from_slice(unwrapped.call);
            let id = u32::deserialize(&mut cursor).unwrap_or_default();
            Parsed {
                method: tl::name_for_id(id),
                call: arguments(id, unwrapped.call, &mut cursor),
                updates: unwrapped.updates,
            }
        }
        Err(error) => Parsed {
            method: tl::name_for_id(u32::from_bytes(body).unwrap_or_default()),
            call: Err(error),
            updates: false,
        },
    }
}

fn arguments(id: u32, call: &[u8], cursor: &mut Cursor<'_>) -> Result<Call, RpcError> {
    if !is_shallow(call) {
        return Err(RpcError::unreadable());
    }
    macro_rules! read {
        ($variant:ident) => {
            read(cursor).map(Call::$variant)
        };
    }
    match id {
        f::help::GetConfig::CONSTRUCTOR_ID => Ok(Call::GetConfig),
        f::help::GetNearestDc::CONSTRUCTOR_ID => Ok(Call::GetNearestDc),
        f::help::GetAppConfig::CONSTRUCTOR_ID => read!(GetAppConfig),
        f::updates::GetState::CONSTRUCTOR_ID => Ok(Call::GetState),
        f::updates::GetDifference::CONSTRUCTOR_ID => read!(GetDifference),
        // Behind the constructor a vector begins, with its own and its length.
        f::users::GetUsers::CONSTRUCTOR_ID => read_users(call, 12).map(Call::GetUsers),
        f::users::GetFullUser::CONSTRUCTOR_ID => read_users(call, 4).map(Call::GetFullUser),
        f::contacts::ResolveUsername::CONSTRUCTOR_ID => read!(ResolveUsername),
        f::contacts::ResolvePhone::CONSTRUCTOR_ID => read!(ResolvePhone),
        f::contacts::ImportContacts::CONSTRUCTOR_ID => read!(ImportContacts),
        f::contacts::GetContacts::CONSTRUCTOR_ID => Ok(Call::GetContacts),
        f::messages::SendMessage::CONSTRUCTOR_ID => {
            read(cursor).map(|args| Call::SendMessage(Box::new(args)))
        }
        f::messages::SendMedia::CONSTRUCTOR_ID => {
            read(cursor).map(|args| Call::SendMedia(Box::new(args)))
        }
        f::messages::SendMultiMedia::CONSTRUCTOR_ID => {
            read(cursor).map(|args| Call::SendMultiMedia(Box::new(args)))
        }
        f::messages::UploadMedia::CONSTRUCTOR_ID => {
            read(cursor).map(|args| Call::UploadMedia(Box::new(args)))
        }
        f::upload::SaveFilePart::CONSTRUCTOR_ID => read!(SaveFilePart),
        f::messages::GetHistory::CONSTRUCTOR_ID => read!(GetHistory),
        f::messages::GetMessages::CONSTRUCTOR_ID => read!(GetMessages),
        f::messages::GetDialogs::CONSTRUCTOR_ID => read!(GetDialogs),
        f::account::UpdateStatus::CONSTRUCTOR_ID => Ok(Call::UpdateStatus),
        f::auth::LogOut::CONSTRUCTOR_ID => Ok(Call::LogOut),
        f::auth::SendCode::CONSTRUCTOR_ID => read!(SendCode),
        f::auth::ResendCode::CONSTRUCTOR_ID => read!(ResendCode),
        f::auth::CancelCode::CONSTRUCTOR_ID => read!(CancelCode),
        f::auth::SignIn::CONSTRUCTOR_ID => read!(SignIn),
        f::account::GetPassword::CONSTRUCTOR_ID => Ok(Call::GetPassword),
        f::auth::CheckPassword::CONSTRUCTOR_ID => read!(CheckPassword),
        f::auth::ExportLoginToken::CONSTRUCTOR_ID => read!(ExportLoginToken),
        f::auth::ImportLoginToken::CONSTRUCTOR_ID => read!(ImportLoginToken),
        f::auth::AcceptLoginToken::CONSTRUCTOR_ID => read!(AcceptLoginToken),
        f::auth::ImportBotAuthorization::CONSTRUCTOR_ID => read!(ImportBotAuthorization),
        f::auth::ExportAuthorization::CONSTRUCTOR_ID => read!(ExportAuthorization),
        f::auth::ImportAuthorization::CONSTRUCTOR_ID => read!(ImportAuthorization),
        _ => {
            tracing::debug!(constructor = %format_args!("{id:#010x}"), "there is no such method");
            Err(RpcError::bad("METHOD_INVALID"))
        }
    }
}

fn read<T: Deserializable>(cursor: &mut Cursor<'_>) -> Result<T, RpcError> {
    T::deserialize(cursor).map_err(|_| RpcError::unreadable())
}

/// The same for arguments that are users from the byte `first` on.
fn read_users<T: Deserializable>(call: &[u8], first: usize) -> Result<T, RpcError> {
    let call = peers_as_users(call, first);
    read(&mut Cursor::from_slice(call.get(4..).unwrap_or_default()))
}

/// Whether the generated readers may have this: types that contain themselves would let a client recurse until the
/// stack ends. Honest calls nest a peer within a peer once, and never have rich text.
fn is_shallow(call: &[u8]) -> bool {
    const NESTING: [u32; 7] = [
        t::InputMediaInvoice::CONSTRUCTOR_ID,
        t::InputMediaPaidMedia::CONSTRUCTOR_ID,
        t::InputMediaPoll::CONSTRUCTOR_ID,
        t::InputPeerUserFromMessage::CONSTRUCTOR_ID,
        t::InputPeerChannelFromMessage::CONSTRUCTOR_ID,
        t::InputUserFromMessage::CONSTRUCTOR_ID,
        t::InputChannelFromMessage::CONSTRUCTOR_ID,
    ];
    const MOST: usize = 64;
    /// `flags.23` of messages.sendMessage.
    const RICH_MESSAGE: u32 = 1 << 23;

    let word = |bytes: &[u8]| u32::from_bytes(bytes).unwrap_or_default();
    let mut words = call.chunks_exact(4).map(word);
    if words.next() == Some(f::messages::SendMessage::CONSTRUCTOR_ID)
        && words.next().is_some_and(|flags| flags & RICH_MESSAGE != 0)
    {
        return false;
    }
    words.filter(|word| NESTING.contains(word)).count() <= MOST
}

impl Call {
    /// Answered by every data centre, to everybody who has a key.
    pub(crate) fn is_public(&self) -> bool {
        matches!(self, Self::GetConfig | Self::GetNearestDc)
    }

    /// Answered to keys with which nobody is signed in.
    pub(crate) fn is_sign_in(&self) -> bool {
        matches!(
            self,
            Self::SendCode(_)
                | Self::ResendCode(_)
                | Self::CancelCode(_)
                | Self::SignIn(_)
                | Self::GetPassword
                | Self::CheckPassword(_)
                | Self::ExportLoginToken(_)
                | Self::ImportLoginToken(_)
                | Self::ImportBotAuthorization(_)
                | Self::ImportAuthorization(_)
        )
    }

    /// What a frozen account may not do any more.
    pub(crate) fn is_write(&self) -> bool {
        matches!(
            self,
            Self::SendMessage(_)
                | Self::SendMedia(_)
                | Self::SendMultiMedia(_)
                | Self::UploadMedia(_)
                | Self::SaveFilePart(_)
                | Self::ImportContacts(_)
                | Self::ResolveUsername(_)
                | Self::ResolvePhone(_)
        )
    }

    /// What bots may not do (core.telegram.org/methods says so of each).
    pub(crate) fn is_for_people(&self) -> bool {
        matches!(
            self,
            Self::ResolvePhone(_)
                | Self::ImportContacts(_)
                | Self::GetContacts
                | Self::GetHistory(_)
                | Self::GetDialogs(_)
                | Self::UpdateStatus
        )
    }
}

#[cfg(test)]
mod tests {
    use grammers_tl_types::Serializable;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn unknown_methods_are_named_if_the_schema_knows_them() {
        let parsed = parse(&f::account::ResetPassword {}.to_bytes());
        assert_eq!(parsed.method, "account.resetPassword");
        assert_eq!(parsed.call.err(), Some(RpcError::bad("METHOD_INVALID")));
    }

    #[test]
    fn a_peer_is_read_as_the_user_that_it_is() {
        let (user_id, access_hash) = (7, 9);
        let peer: tl::enums::InputPeer = t::InputPeerUser { user_id, access_hash }.into();
        let user: tl::enums::InputUser = t::InputUser { user_id, access_hash }.into();
        let one = [f::users::GetFullUser::CONSTRUCTOR_ID.to_bytes(), peer.to_bytes()].concat();
        let many = [f::users::GetUsers::CONSTRUCTOR_ID.to_bytes(), vec![peer].to_bytes()].concat();
        assert!(matches!(parse(&one).call, Ok(Call::GetFullUser(args)) if args.id == user));
        assert!(matches!(parse(&many).call, Ok(Call::GetUsers(args)) if args.id == [user]));
    }

    #[test]
    fn nesting_has_an_end() {
        let mut body = f::messages::GetHistory::CONSTRUCTOR_ID.to_bytes();
        body.extend(t::InputPeerUserFromMessage::CONSTRUCTOR_ID.to_bytes().repeat(200_000));
        assert_eq!(parse(&body).call.err(), Some(RpcError::unreadable()));
    }

    #[test]
    fn arguments_that_end_early_are_refused() {
        let body =
            f::contacts::ResolveUsername { username: "somebody".into(), referer: None }.to_bytes();
        assert!(parse(&body).call.is_ok());
        assert!(parse(&body[..8]).call.is_err());
        assert!(parse(&[]).call.is_err());
    }

    proptest! {
        #[test]
        fn noise_in_arguments_never_panics(
            method in prop::sample::select(vec![
                f::messages::SendMessage::CONSTRUCTOR_ID,
                f::messages::SendMedia::CONSTRUCTOR_ID,
                f::messages::SendMultiMedia::CONSTRUCTOR_ID,
                f::messages::UploadMedia::CONSTRUCTOR_ID,
                f::upload::SaveFilePart::CONSTRUCTOR_ID,
                f::messages::GetHistory::CONSTRUCTOR_ID,
                f::messages::GetMessages::CONSTRUCTOR_ID,
                f::messages::GetDialogs::CONSTRUCTOR_ID,
                f::contacts::ImportContacts::CONSTRUCTOR_ID,
                f::contacts::ResolveUsername::CONSTRUCTOR_ID,
                f::users::GetUsers::CONSTRUCTOR_ID,
                f::updates::GetDifference::CONSTRUCTOR_ID,
                f::InvokeWithLayer::<f::help::GetConfig>::CONSTRUCTOR_ID,
                f::InitConnection::<f::help::GetConfig>::CONSTRUCTOR_ID,
                f::InvokeAfterMsgs::<f::help::GetConfig>::CONSTRUCTOR_ID,
            ]),
            noise in prop::collection::vec(any::<u8>(), 0..300))
        {
            let mut body = method.to_bytes();
            body.extend(noise);
            let _ = parse(&body);
        }
    }
}
