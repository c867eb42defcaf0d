//! What comes next while somebody signs in: a pure automaton with limits, driven by the
//! application layer.

/// How many codes are asked for in one sign-in. Telegram counts them, too, and stops sooner with
/// numbers it does not trust (`PHONE_NUMBER_FLOOD`).
const MOST_CODES: u8 = 3;
/// How many wrong codes are entered.
const MOST_WRONG_CODES: u8 = 3;
/// How many wrong passwords are entered.
const MOST_WRONG_PASSWORDS: u8 = 3;

/// Where a sign-in stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginState {
    /// Nothing was asked of Telegram yet.
    New,
    /// A code is on its way, or in somebody's hands.
    AwaitingCode,
    /// The code was right; the two-step password is missing.
    AwaitingPassword,
    /// Signed in.
    Active,
    /// Given up.
    Ended,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginEvent {
    /// Telegram has sent a code; whether it can send it another way.
    CodeSent {
        /// Whether there is a next way.
        another_way: bool,
    },
    /// Somebody asked for the next way.
    ResendAsked,
    /// No source had a code in time.
    NoCode,
    /// Telegram says it is not the code.
    WrongCode,
    /// Telegram says it is too late for the code.
    ExpiredCode,
    /// The code was right, and the password is asked for.
    PasswordNeeded,
    /// It is not the password.
    WrongPassword,
    /// Nobody has the password.
    NoPassword,
    /// Signed in.
    In,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginStep {
    /// Ask Telegram for a new code.
    RequestCode,
    /// Ask Telegram for the code by the next way.
    ResendCode,
    /// Wait for the code.
    AwaitCode,
    /// Ask for the password.
    AskPassword,
    /// Keep the session.
    Keep,
    /// Give up.
    GiveUp(LoginEnd),
}

/// Why a sign-in is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginEnd {
    /// Too many wrong codes.
    #[error("the code was wrong {MOST_WRONG_CODES} times")]
    WrongCodes,
    /// Too many codes ran out.
    #[error("{MOST_CODES} codes were asked for and none was entered in time")]
    TooManyCodes,
    /// No source had one.
    #[error("no code arrived in time")]
    NoCode,
    /// Too many wrong passwords.
    #[error("the two-step password was wrong {MOST_WRONG_PASSWORDS} times")]
    WrongPasswords,
    /// Nobody has it.
    #[error("the account has a two-step password, and nobody entered it")]
    NoPassword,
    /// Things happened in an order that makes no sense.
    #[error("Telegram answered out of order")]
    OutOfOrder,
}

/// One sign-in.
#[derive(Clone, Debug)]
pub struct LoginFlow {
    state: LoginState,
    /// Codes that Telegram was asked for, the first included.
    asked: u8,
    wrong_codes: u8,
    wrong_passwords: u8,
    another_way: bool,
}

impl Default for LoginFlow {
    fn default() -> Self {
        Self {
            state: LoginState::New,
            asked: 1,
            wrong_codes: 0,
            wrong_passwords: 0,
            another_way: false,
        }
    }
}

impl LoginFlow {
    /// Where it stands.
    #[must_use]
    pub const fn state(&self) -> LoginState {
        self.state
    }

    /// What follows from what happened.
    pub fn next(&mut self, event: LoginEvent) -> LoginStep {
        use LoginState::{Active, AwaitingCode, AwaitingPassword, New};
        match (self.state, event) {
            (New | AwaitingCode, LoginEvent::CodeSent { another_way }) => {
                self.state = AwaitingCode;
                self.another_way = another_way;
                LoginStep::AwaitCode
            }
            (AwaitingCode, LoginEvent::ResendAsked) if self.another_way => {
                self.again(LoginStep::ResendCode)
            }
            (AwaitingCode, LoginEvent::ResendAsked) => LoginStep::AwaitCode,
            (AwaitingCode, LoginEvent::NoCode) if self.another_way && self.asked < MOST_CODES => {
                self.again(LoginStep::ResendCode)
            }
            (AwaitingCode, LoginEvent::NoCode) => self.end(LoginEnd::NoCode),
            (AwaitingCode, LoginEvent::WrongCode) => {
                self.wrong_codes += 1;
                if self.wrong_codes < MOST_WRONG_CODES {
                    LoginStep::AwaitCode
                } else {
                    self.end(LoginEnd::WrongCodes)
                }
            }
            (AwaitingCode, LoginEvent::ExpiredCode) => self.again(LoginStep::RequestCode),
            (New | AwaitingCode, LoginEvent::PasswordNeeded) => {
                self.state = AwaitingPassword;
                LoginStep::AskPassword
            }
            (AwaitingPassword, LoginEvent::WrongPassword) => {
                self.wrong_passwords += 1;
                if self.wrong_passwords < MOST_WRONG_PASSWORDS {
                    LoginStep::AskPassword
                } else {
                    self.end(LoginEnd::WrongPasswords)
                }
            }
            (AwaitingPassword, LoginEvent::NoPassword) => self.end(LoginEnd::NoPassword),
            (New | AwaitingCode | AwaitingPassword, LoginEvent::In) => {
                self.state = Active;
                LoginStep::Keep
            }
            _ => self.end(LoginEnd::OutOfOrder),
        }
    }

    fn again(&mut self, step: LoginStep) -> LoginStep {
        if self.asked >= MOST_CODES {
            return self.end(LoginEnd::TooManyCodes);
        }
        self.asked += 1;
        step
    }

    fn end(&mut self, why: LoginEnd) -> LoginStep {
        self.state = LoginState::Ended;
        LoginStep::GiveUp(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SENT: LoginEvent = LoginEvent::CodeSent { another_way: false };

    #[test]
    fn the_usual_way_in() {
        let mut flow = LoginFlow::default();
        assert_eq!(flow.next(SENT), LoginStep::AwaitCode);
        assert_eq!(flow.next(LoginEvent::WrongCode), LoginStep::AwaitCode);
        assert_eq!(flow.next(LoginEvent::PasswordNeeded), LoginStep::AskPassword);
        assert_eq!(flow.next(LoginEvent::WrongPassword), LoginStep::AskPassword);
        assert_eq!(flow.next(LoginEvent::In), LoginStep::Keep);
        assert_eq!(flow.state(), LoginState::Active);
    }

    #[test]
    fn codes_that_run_out_are_asked_for_again_within_limits() {
        let mut flow = LoginFlow::default();
        for _ in 1..MOST_CODES {
            assert_eq!(flow.next(SENT), LoginStep::AwaitCode);
            assert_eq!(flow.next(LoginEvent::ExpiredCode), LoginStep::RequestCode);
        }
        flow.next(SENT);
        let end = LoginStep::GiveUp(LoginEnd::TooManyCodes);
        assert_eq!(flow.next(LoginEvent::ExpiredCode), end);
    }

    #[test]
    fn without_a_code_the_next_way_is_tried() {
        let mut flow = LoginFlow::default();
        flow.next(LoginEvent::CodeSent { another_way: true });
        assert_eq!(flow.next(LoginEvent::NoCode), LoginStep::ResendCode);
        flow.next(SENT);
        assert_eq!(flow.next(LoginEvent::ResendAsked), LoginStep::AwaitCode);
        assert_eq!(flow.next(LoginEvent::NoCode), LoginStep::GiveUp(LoginEnd::NoCode));
    }

    fn any_event() -> impl Strategy<Value = LoginEvent> {
        prop::sample::select(vec![
            SENT,
            LoginEvent::CodeSent { another_way: true },
            LoginEvent::ResendAsked,
            LoginEvent::NoCode,
            LoginEvent::WrongCode,
            LoginEvent::ExpiredCode,
            LoginEvent::PasswordNeeded,
            LoginEvent::WrongPassword,
            LoginEvent::NoPassword,
        ])
    }

    proptest! {
        #[test]
        fn nobody_is_in_before_telegram_says_so(
            events in prop::collection::vec(any_event(), 0..60)
        ) {
            let mut flow = LoginFlow::default();
            for event in events {
                prop_assert_ne!(flow.next(event), LoginStep::Keep);
            }
        }

        #[test]
        fn every_sign_in_has_an_end(events in prop::collection::vec(any_event(), 60..90)) {
            let mut flow = LoginFlow::default();
            let asks = events.iter().filter(|event| {
                matches!(
                    flow.next(**event),
                    LoginStep::RequestCode | LoginStep::ResendCode
                )
            });
            prop_assert!(asks.count() < usize::from(MOST_CODES));
        }
    }
}
