//! One account of the file: the types of its values, and what they must be together.

use super::ImportedAccount;
use crate::validate::{PhoneRules, parse_phone};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;
use tg_core::ids::{Slug, UserId};
use tg_core::peer::PhoneNumber;
use tg_core::ports::{DcAuth, Session};
use zeroize::Zeroizing;

/// The length of an authorization key, in bytes (core.telegram.org/mtproto/auth_key).
const KEY: usize = 256;
/// The largest number of a data centre; test centres are numbered from 10,000 by some libraries.
const MAX_DC: i32 = 20_000;

/// A fault that is found after the value was parsed.
#[derive(Debug)]
pub(super) struct Fault {
    /// Below the account, such as `.keys.2`; empty for all of it.
    pub(super) path: String,
    pub(super) reason: String,
}

impl Fault {
    pub(super) fn at(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }
}

/// An account as it is written. Further members are ignored: other programs have more to say.
#[derive(Deserialize)]
pub(super) struct Entry {
    name: Slug,
    user_id: User,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    phone: Phone,
    home_dc: DcNumber,
    dcs: ByDc<Address>,
    keys: ByDc<Key>,
}

impl Entry {
    /// The account, if its parts fit together.
    pub(super) fn judge(self) -> Result<ImportedAccount, Fault> {
        let home = self.home_dc.0;
        let (addresses, keys) = (self.dcs.0, self.keys.0);
        if !addresses.contains_key(&home) {
            return Err(Fault::at(".dcs", format!("has no address for home_dc {home}")));
        }
        if !keys.contains_key(&home) {
            return Err(Fault::at(".keys", format!("has no key for home_dc {home}")));
        }
        if let Some(dc) = keys.keys().find(|dc| !addresses.contains_key(dc)) {
            return Err(Fault::at(format!(".keys.{dc}"), "dcs has no address for this key"));
        }
        let loopback = addresses.values().all(|Address(addr)| addr.ip().is_loopback());
        let dcs = addresses
            .into_iter()
            .map(|(dc, Address(addr))| DcAuth { dc, addr, key: keys.get(&dc).map(|key| *key.0) })
            .collect();
        let session = Session {
            user_id: self.user_id.0,
            is_bot: self.is_bot,
            home_dc: home,
            dcs,
            updates: None,
        };
        Ok(ImportedAccount { name: self.name, session, phone: self.phone.0, loopback })
    }
}

struct User(UserId);

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(from)?;
        crate::validate::user_id(number).map(Self).map_err(de::Error::custom)
    }
}

struct DcNumber(i32);

impl DcNumber {
    fn new<E: de::Error>(number: i32) -> Result<Self, E> {
        if (1..=MAX_DC).contains(&number) {
            Ok(Self(number))
        } else {
            Err(E::custom(format_args!("a data centre has a number between 1 and {MAX_DC}")))
        }
    }
}

impl<'de> Deserialize<'de> for DcNumber {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(i32::deserialize(from)?)
    }
}

/// The account's own number: Telegram gave it out, so it is not judged by a country's plan.
#[derive(Default)]
struct Phone(Option<PhoneNumber>);

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Phone;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a phone number or null")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Phone, E> {
                Ok(Phone(None))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Phone, E> {
                if text.is_empty() {
                    return Ok(Phone(None));
                }
                // Telegram's own form has no `+` (core.telegram.org/constructor/user).
                let bare = text.strip_prefix('+').unwrap_or(text);
                let number = PhoneNumber::from_e164(&format!("+{bare}")).ok();
                let rules = PhoneRules { region: None, test_numbers: true };
                let number = number.map_or_else(|| parse_phone(text, &rules), Ok);
                number.map(|number| Phone(Some(number))).map_err(E::custom)
            }
        }
        from.deserialize_any(Text)
    }
}

struct Address(SocketAddr);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Address;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an address such as 127.0.0.1:443")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Address, E> {
                text.parse()
                    .ok()
                    .filter(|addr: &SocketAddr| addr.port() != 0)
                    .map(Address)
                    .ok_or_else(|| E::custom("not an address such as 127.0.0.1:443"))
            }
        }
        from.deserialize_str(Text)
    }
}

/// An authorization key; wiped when dropped.
struct Key(Zeroizing<[u8; KEY]>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Hex;
        impl Visitor<'_> for Hex {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a key of {} hex digits", 2 * KEY)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Key, E> {
                if text.len() != 2 * KEY {
                    return Err(E::custom(format_args!(
                        "a key has {} hex digits ({KEY} bytes), this has {} characters",
                        2 * KEY,
                        text.chars().count()
                    )));
                }
                let mut key = Zeroizing::new([0; KEY]);
                hex::decode_to_slice(text, key.as_mut())
                    .map_err(|_| E::custom("a key has only hex digits"))?;
                Ok(Key(key))
            }
        }
        from.deserialize_str(Hex)
    }
}

/// Values by the number of a data centre; no number comes twice.
struct ByDc<T>(BTreeMap<i32, T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ByDc<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = ByDc<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with data centre numbers as names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ByDc<T>, A::Error> {
                let mut out = BTreeMap::new();
                while let Some(DcName(dc)) = map.next_key()? {
                    if out.insert(dc, map.next_value()?).is_some() {
                        return Err(de::Error::custom(format_args!(
                            "data centre {dc} is named twice"
                        )));
                    }
                }
                Ok(ByDc(out))
            }
        }
        from.deserialize_map(Members(PhantomData))
    }
}

/// The number of a data centre as the name of a member.
struct DcName(i32);

impl<'de> Deserialize<'de> for DcName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = DcName;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the number of a data centre")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<DcName, E> {
                let number = text
                    .parse()
                    .map_err(|_| E::custom("a member's name is not the number of a data centre"))?;
                DcNumber::new(number).map(|DcNumber(number)| DcName(number))
            }
        }
        from.deserialize_str(Text)
    }
}
