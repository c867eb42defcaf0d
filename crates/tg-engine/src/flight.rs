//! Calls on their way, and how they land.

use crate::learn::Ask;
use crate::steps::{Step, reach};
use crate::turn::{Ready, Task};
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use tg_core::failure::Failure;
use tg_core::ports::{BoxFuture, HistoryPage, Messenger, Receipt, Resolved, Transmission};

/// How a call landed.
pub(crate) enum Landing {
    Sent(Ready, Result<Receipt, Failure>),
    Looked(Ready, Result<HistoryPage, Failure>),
    Asked(Ask, Result<Resolved, Failure>),
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
        let result = messenger.resolve(&ask.address).await;
        reach(Step::Resolved);
        Landing::Asked(ask, result)
    })
}
