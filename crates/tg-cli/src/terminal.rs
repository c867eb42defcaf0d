//! The person at the terminal, or whoever writes to standard input: codes, passwords, tokens.
//! Nothing secret is ever an argument.

use secrecy::SecretString;
use std::io::{self, BufRead, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tg_app::sign_in::PasswordSource;
use tg_core::ports::{BoxFuture, Clock, CodeError, CodeRequest, CodeSource, LoginCode};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// The longest line that is read, in bytes.
const MAX_LINE: usize = 1_024;

/// Standard input, line by line, and the terminal behind it if there is one.
#[derive(Clone)]
pub(crate) struct Terminal {
    clock: Arc<dyn Clock>,
    /// Readers take turns: a second one waits for the first one's line.
    turn: Arc<Mutex<()>>,
}

impl Terminal {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, turn: Arc::default() }
    }

    /// Asks for a line; `None` at the end of the input.
    ///
    /// The thread that waits for a person cannot be stopped: when nobody waits for it any more, it
    /// ends with the process.
    async fn line(&self, prompt: String, hidden: bool) -> Option<SecretString> {
        let (answer, asked) = oneshot::channel();
        let turn = Arc::clone(&self.turn);
        let reading = move || {
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever asked may have gone meanwhile; then the line is dropped.
            let _ = answer.send(read(&prompt, hidden));
        };
        thread::Builder::new().name("tg-terminal".to_owned()).spawn(reading).ok()?;
        asked.await.ok().flatten()
    }

    /// Asks for a secret, which a terminal does not show.
    pub(crate) async fn secret(&self, what: &str) -> Option<SecretString> {
        self.line(format!("{what}: "), true).await
    }
}

fn read(prompt: &str, hidden: bool) -> Option<SecretString> {
    let shown = io::stdin().is_terminal();
    if shown && hidden {
        let typed = rpassword::prompt_password(prompt).ok()?;
        return Some(SecretString::from(typed));
    }
    if shown {
        let mut stderr = io::stderr();
        let _ = write!(stderr, "{prompt}").and_then(|()| stderr.flush());
    }
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_LINE));
    let limit = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    let mut input = io::Read::take(io::stdin().lock(), limit);
    let length = input.read_until(b'\n', &mut line).ok()?;
    if length == 0 {
        return None;
    }
    let text = std::str::from_utf8(&line).ok()?;
    Some(SecretString::from(text.trim().to_owned()))
}

impl CodeSource for Terminal {
    fn name(&self) -> &'static str {
        "terminal"
    }

    fn wait<'a>(&'a self, request: &'a CodeRequest) -> BoxFuture<'a, Result<LoginCode, CodeError>> {
        Box::pin(async move {
            let expects = request.pattern.describe();
            let prompt = format!("Code ({expects}; `resend` for another way): ");
            let left = request.deadline.since(self.clock.now());
            let typed = tokio::select! {
                typed = self.line(prompt, false) => typed,
                () = self.clock.sleep(left) => return Err(CodeError::TimedOut),
            };
            let code = typed.ok_or(CodeError::GivenUp)?;
            match secrecy::ExposeSecret::expose_secret(&code) {
                "" => Err(CodeError::GivenUp),
                word if word.eq_ignore_ascii_case("resend") => Err(CodeError::Resend),
                // Whoever types it looks at it now.
                _ => Ok(LoginCode { code, received_at: self.clock.now() }),
            }
        })
    }
}

impl PasswordSource for Terminal {
    fn password<'a>(&'a self, hint: Option<&'a str>) -> BoxFuture<'a, Option<SecretString>> {
        Box::pin(async move {
            let what = match hint {
                Some(hint) => format!("Two-step password (hint: {hint})"),
                None => "Two-step password".to_owned(),
            };
            let typed = self.secret(&what).await?;
            (!secrecy::ExposeSecret::expose_secret(&typed).is_empty()).then_some(typed)
        })
    }
}
