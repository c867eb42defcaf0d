//! Hearing: what an account missed, then what comes (core.telegram.org/api/updates).
//!
//! The counter `pts` orders everything in private chats. What is pushed is believed only if it
//! continues the counter; anything else asks for the difference since the last point, which the
//! server keeps for a while. Beyond that while the chats themselves are read. Channels count apart
//! and are not heard.

use super::chats;
use super::connection::Connection;
use super::ear::{Ear, Heard};
use super::errors::Call;
use super::pushed::{Pushed, heard_message, heard_user};
use crate::policy::within;
use grammers_client::tl::{enums, functions, types};
use std::time::Duration;
use tg_core::failure::Failure;
use tg_core::inbox::{Gap, News};
use tg_core::ports::UpdatePoint;

/// How long our own sending has to pause before its missing steps are asked for.
const LULL: Duration = Duration::from_secs(2);

/// Waits for news, or gives what was missed: see `Messenger::hear`.
pub(crate) async fn hear(
    connection: &Connection,
    after: Option<UpdatePoint>,
) -> Result<News, Failure> {
    let ear = connection.ear();
    let mut heard = ear.hearer().await;
    if heard.told != after || after.is_none() {
        let point = match after.or_else(|| connection.session().update_point()) {
            Some(point) => point,
            None => state(connection).await?,
        };
        heard.begin(after, point);
    }
    loop {
        if !heard.synced {
            let news = difference(connection, heard.at).await?;
            return Ok(heard.tell(news));
        }
        if let Some(news) = next(connection, ear, &mut heard).await? {
            return Ok(news);
        }
    }
}

/// Waits for one thing to happen; `None` if it is nothing to tell.
async fn next(
    connection: &Connection,
    ear: &Ear,
    heard: &mut Heard,
) -> Result<Option<News>, Failure> {
    let quiet = if heard.behind { LULL } else { connection.timeouts().quiet };
    match within(connection.clock(), quiet, ear.next()).await {
        Ok(Pushed::Steps(steps)) => Ok(heard.take(steps).map(|news| heard.tell(news))),
        Ok(Pushed::Look) => {
            heard.synced = false;
            Ok(None)
        }
        Ok(Pushed::Closed) => {
            heard.synced = false;
            // What was closed from here was not lost.
            let lost =
                || Failure::ambiguous("connection_lost", "The connection to Telegram was lost");
            Err(connection.fate().cloned().unwrap_or_else(lost))
        }
        Err(_) if heard.behind => {
            heard.synced = false;
            Ok(None)
        }
        Err(_) => look_around(connection, heard).await,
    }
}

/// Nothing came for a while: makes sure that the link is alive and that nothing was missed. A link
/// that is dead without saying so does not answer, and the call that finds out drops it.
async fn look_around(connection: &Connection, heard: &mut Heard) -> Result<Option<News>, Failure> {
    if heard.told != Some(heard.at) {
        // What was sent from here has moved the counter: the caller keeps up now and then.
        let news = News { point: heard.at, caught_up: true, ..News::default() };
        return Ok(Some(heard.tell(news)));
    }
    let signs = connection.signs();
    if signs != heard.signs {
        heard.signs = signs;
        return Ok(None);
    }
    let there = state(connection).await;
    heard.signs = connection.signs();
    match there {
        Ok(there) => {
            heard.synced = there.pts == heard.at.pts;
            Ok(None)
        }
        Err(failure) => {
            heard.synced = false;
            Err(failure)
        }
    }
}

/// core.telegram.org/method/updates.getState
pub(crate) async fn state(connection: &Connection) -> Result<UpdatePoint, Failure> {
    let enums::updates::State::State(state) =
        connection.call(Call::History, &functions::updates::GetState {}).await?;
    Ok(point(&state))
}

fn point(state: &types::updates::State) -> UpdatePoint {
    UpdatePoint { pts: state.pts, qts: state.qts, date: state.date, seq: state.seq }
}

/// core.telegram.org/method/updates.getDifference
async fn difference(connection: &Connection, at: UpdatePoint) -> Result<News, Failure> {
    use enums::updates::Difference;
    let request = functions::updates::GetDifference {
        pts: at.pts,
        pts_limit: None,
        pts_total_limit: None,
        date: at.date,
        qts: at.qts,
        qts_limit: None,
    };
    let answer = match connection.call(Call::History, &request).await {
        Ok(answer) => answer,
        // The server does not know (any more) what the point means.
        Err(failure) if failure.reason.starts_with("PERSISTENT_TIMESTAMP") => {
            return too_long(connection, at, None).await;
        }
        Err(failure) => return Err(failure),
    };
    match answer {
        Difference::Empty(empty) => {
            let point = UpdatePoint { date: empty.date, seq: empty.seq, ..at };
            Ok(News { point, caught_up: true, ..News::default() })
        }
        Difference::Difference(all) => {
            let enums::updates::State::State(state) = &all.state;
            Ok(news(&all.new_messages, &all.users, point(state), true))
        }
        Difference::Slice(some) => {
            let enums::updates::State::State(state) = &some.intermediate_state;
            Ok(news(&some.new_messages, &some.users, point(state), false))
        }
        Difference::TooLong(gap) => too_long(connection, at, Some(gap.pts)).await,
    }
}

fn news(
    messages: &[enums::Message],
    users: &[enums::User],
    point: UpdatePoint,
    caught_up: bool,
) -> News {
    News {
        messages: messages.iter().filter_map(heard_message).collect(),
        users: users.iter().filter_map(heard_user).collect(),
        point,
        caught_up,
        gap: None,
    }
}

/// The server keeps no difference that long: what the chats show since then takes its place. What
/// happens meanwhile is in the difference after the new point.
async fn too_long(
    connection: &Connection,
    at: UpdatePoint,
    pts: Option<i32>,
) -> Result<News, Failure> {
    let there = state(connection).await?;
    let point = UpdatePoint { pts: pts.unwrap_or(there.pts), ..there };
    tracing::warn!(since = at.date, "Telegram keeps no difference for so long; chats are read");
    if connection.session().is_bot() {
        let gap = Some(Gap { filled: false });
        return Ok(News { point, gap, ..News::default() });
    }
    let read = chats::since(connection, at.date).await?;
    Ok(News {
        messages: read.messages,
        users: read.users,
        point,
        caught_up: false,
        gap: Some(Gap { filled: read.complete }),
    })
}
