//! Calls on their way, and how they land.

use crate::learn::Ask;
use crate::steps::{Step, reach};
use crate::turn::{Ready, Task};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use tg_core::failure::{Failure, FailureClass, Refusal};
use tg_core::ports::{BoxFuture, HistoryPage, Messenger, Receipt, Resolved, Transmission};

/// How a call landed.
pub(crate) enum Landing {
    Sent(Ready, Result<Receipt, Failure>),
    Looked(Ready, Result<HistoryPage, Failure>),
    /// With the questions that no pace granted.
    Asked(Ask, Result<Resolved, Failure>, u32),
}

/// Sends a part, or looks for it.
pub(crate) fn ready(messenger: Arc<dyn Messenger>, ready: Ready) -> BoxFuture<'static, Landing> {
    match ready.task {
        Task::Send => Box::pin(send(messenger, ready)),
        Task::Look { since } => Box::pin(async move {
            reach(Step::BeforeHistory);
            let result = messenger.history(ready.peer, since).await;
            reach(Step::HistoryRead);
            Landing::Looked(ready, result)
        }),
    }
}

async fn send(messenger: Arc<dyn Messenger>, ready: Ready) -> Landing {
    let transmission = Transmission {
        peer: ready.peer,
        random_id: ready.part.random_id,
        album: ready.part.album.clone(),
        body: ready.part.body.clone(),
    };
    reach(Step::BeforeHandOver);
    let result = {
        let mut call = messenger.send(&transmission);
        // The first poll hands it over: from here on it cannot be taken back.
        let first = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
        reach(Step::HandedOver);
        match first {
            Poll::Ready(result) => result,
            Poll::Pending => call.await,
        }
    };
    reach(Step::Answered);
    Landing::Sent(ready, result)
}

/// Asks whom an address belongs to.
pub(crate) fn ask(messenger: Arc<dyn Messenger>, ask: Ask) -> BoxFuture<'static, Landing> {
    Box::pin(async move {
        reach(Step::BeforeResolve);
        let (mut result, mut owed) = (messenger.resolve(&ask.address).await, 0);
        if let (Some(otherwise), Err(failure)) = (&ask.otherwise, &result)
            && is_outdated(failure)
        {
            owed = u32::from(ask.paced);
            result = messenger.resolve(otherwise).await;
        }
        reach(Step::Resolved);
        Landing::Asked(ask, result, owed)
    })
}

/// Whether no person has the address: names are given up and taken by others, and that is no reason
/// not to ask by the other address.
fn is_outdated(failure: &Failure) -> bool {
    const GONE: [&str; 3] = ["USERNAME_NOT_OCCUPIED", "USERNAME_INVALID", "not_a_user"];
    failure.class == FailureClass::Refused(Refusal::Recipient)
        && GONE.contains(&failure.reason.as_str())
}
