//! Amounts of money: whole millionths of a currency's unit, never floating point.

use std::fmt;
use std::str::FromStr;

/// Millionths in one unit.
const MICROS: i64 = 1_000_000;

/// A currency by its three capital letters (ISO 4217); which of them exist is not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Three capital letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("it was made of ASCII letters")
    }
}

/// An amount that is not negative, in millionths of its currency's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Millionths of a unit: 7 900 is 0.0079.
    pub micros: i64,
    /// Of which currency.
    pub currency: Currency,
}

/// Why a text is no amount, or no currency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMoney {
    /// Not an amount, a blank and a currency.
    #[error("{0:?} is not an amount with its currency, like \"2.50 EUR\"")]
    Form(String),
    /// Nobody counts finer.
    #[error("{0:?} has more than six digits after the point")]
    TooFine(String),
    /// More than a 64-bit count of millionths holds.
    #[error("{0:?} is too much")]
    TooMuch(String),
}

impl FromStr for Currency {
    type Err = BadMoney;

    fn from_str(text: &str) -> Result<Self, BadMoney> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(Self(letters)),
            _ => Err(BadMoney::Form(text.to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Money {
    type Err = BadMoney;

    /// Reads `2`, a point and up to six digits, a blank, and three capital letters: `2.50 EUR`.
    fn from_str(text: &str) -> Result<Self, BadMoney> {
        let form = || BadMoney::Form(text.to_owned());
        let (amount, currency) = text.trim().split_once(' ').ok_or_else(form)?;
        let currency = currency.trim_start().parse().map_err(|_| form())?;
        let (units, fraction) = amount.split_once('.').unwrap_or((amount, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let pointless = amount.contains('.') && fraction.is_empty();
        if units.is_empty() || pointless || !digits(units) || !digits(fraction) {
            return Err(form());
        }
        if fraction.len() > 6 {
            return Err(BadMoney::TooFine(text.to_owned()));
        }
        let too_much = || BadMoney::TooMuch(text.to_owned());
        let units: i64 = units.parse().map_err(|_| too_much())?;
        let fraction: i64 = format!("{fraction:0<6}").parse().map_err(|_| form())?;
        let micros = units.checked_mul(MICROS).and_then(|whole| whole.checked_add(fraction));
        Ok(Self { micros: micros.ok_or_else(too_much)?, currency })
    }
}

impl fmt::Display for Money {
    /// At least two digits after the point, and no more than are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (units, rest) = (self.micros / MICROS, (self.micros % MICROS).abs());
        let digits = format!("{rest:06}");
        let (shown, fine) = digits.split_at(2);
        write!(f, "{units}.{shown}{} {}", fine.trim_end_matches('0'), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn micros(text: &str) -> Result<i64, BadMoney> {
        text.parse::<Money>().map(|money| money.micros)
    }

    #[test]
    fn amounts_are_read_exactly() {
        for (text, expected) in [
            ("2 EUR", 2_000_000),
            ("2.5 EUR", 2_500_000),
            ("0.0079 USD", 7_900),
            ("0.000001 USD", 1),
            ("0 EUR", 0),
        ] {
            assert_eq!(micros(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for bad in
            ["", "2", "2.5", "EUR", "2 eur", "-1 EUR", "1. EUR", ".5 EUR", "1,5 EUR", "1e3 EUR"]
        {
            assert!(matches!(micros(bad), Err(BadMoney::Form(_))), "{bad}");
        }
        assert!(matches!(micros("0.0000001 EUR"), Err(BadMoney::TooFine(_))));
        assert!(matches!(micros("9999999999999 EUR"), Err(BadMoney::TooMuch(_))));
        assert!(matches!(micros("99999999999999999999 EUR"), Err(BadMoney::TooMuch(_))));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_as_the_same(micros in 0i64..) {
            let money = Money { micros, currency: Currency(*b"EUR") };
            prop_assert_eq!(money.to_string().parse(), Ok(money));
        }
    }
}
