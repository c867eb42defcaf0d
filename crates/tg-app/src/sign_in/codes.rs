//! Waiting for a code: one source after the other, and nothing that is older than the request.

use super::Tell;
use super::spend::Paid;
use crate::app::App;
use crate::json;
use std::sync::Arc;
use std::time::Duration;
use tg_core::money::Money;
use tg_core::ports::{CodeError, CodeRequest, CodeSource, LoginCode};

/// What came of waiting.
pub(super) enum Waited {
    /// A code, and what its message cost there.
    Code(LoginCode, Option<Money>),
    Resend,
    Nothing,
}

/// Where codes are looked for.
pub(super) struct Wait<'a> {
    pub(super) app: &'a App,
    pub(super) sources: &'a [Arc<dyn CodeSource>],
    pub(super) tell: Tell<'a>,
}

impl Wait<'_> {
    /// Asks the sources in their order, each for as long as `patience`; those that cost something
    /// only if it is `paid` for.
    pub(super) async fn answer(
        &self,
        request: &CodeRequest,
        patience: Duration,
        paid: &Paid,
    ) -> Waited {
        let Self { app, sources, tell } = self;
        for source in *sources {
            if let Some(why) = paid.refuses(&**source, &request.phone, request.channel) {
                tell(json::LoginNews::source("no_code", source.name(), Some(why)));
                continue;
            }
            let deadline = app.clock.now() + patience;
            let request = CodeRequest { deadline, ..request.clone() };
            match source.wait(&request).await {
                // The last gate, whatever a source thinks: an old code is never shown to Telegram.
                Ok(code) if request.accepts(code.received_at) => {
                    return Waited::Code(code, source.price(&request.phone));
                }
                Ok(_) => tell(json::LoginNews::source("stale_code", source.name(), None)),
                Err(CodeError::Resend) => return Waited::Resend,
                Err(CodeError::NotHere(why)) => {
                    tracing::debug!(source = source.name(), %why, "no codes from here");
                }
                Err(error) => {
                    let why = match &error {
                        CodeError::Failed(failure) => failure.to_string(),
                        other => other.to_string(),
                    };
                    tell(json::LoginNews::source("no_code", source.name(), Some(why)));
                }
            }
        }
        Waited::Nothing
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::testing::Home;
    use secrecy::{ExposeSecret, SecretString};
    use tg_core::login::{CodeChannel, CodePattern};
    use tg_core::peer::PhoneNumber;
    use tg_core::ports::{BoxFuture, Clock};
    use tg_core::time::Timestamp;

    /// A gateway whose inbox has one message in it.
    struct Inbox(&'static str, Timestamp);

    impl CodeSource for Inbox {
        fn name(&self) -> &'static str {
            "inbox"
        }

        fn wait<'a>(&'a self, _: &'a CodeRequest) -> BoxFuture<'a, Result<LoginCode, CodeError>> {
            let code = LoginCode { code: SecretString::from(self.0), received_at: self.1 };
            Box::pin(std::future::ready(Ok(code)))
        }
    }

    /// The fault "an expired SMS code used": yesterday's code lies in the first inbox.
    #[tokio::test]
    async fn an_expired_sms_code_is_never_used() {
        let home = Home::new();
        let now = home.clock.now();
        let request = CodeRequest {
            phone: PhoneNumber::from_e164("+99966200001").unwrap(),
            requested_at: now,
            channel: CodeChannel::Sms,
            pattern: CodePattern::Digits(5),
            deadline: now,
        };
        let sources: Vec<Arc<dyn CodeSource>> = vec![
            Arc::new(Inbox("11111", now - Duration::from_secs(86_400))),
            Arc::new(Inbox("22222", now - Duration::from_secs(1))),
            Arc::new(Inbox("33333", now)),
        ];
        let patience = Duration::from_secs(1);
        let all = Wait { app: &home.app, sources: &sources, tell: &|_| {} };
        let waited = all.answer(&request, patience, &Paid::Free).await;
        let Waited::Code(code, _) = waited else { panic!("the third one is good") };
        assert_eq!(code.code.expose_secret(), "33333");
        let old = Wait { sources: &sources[..2], ..all };
        let waited = old.answer(&request, patience, &Paid::Free).await;
        assert!(matches!(waited, Waited::Nothing));
    }
}
