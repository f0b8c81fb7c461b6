//! `/v1/events`: what changes in the ledger, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use ::claims::ArticleId;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderName;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use bus::LedgerChangedV1;
use futures::{Stream, StreamExt};
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use utoipa::ToSchema;

use crate::Problem;
use crate::access::{Caller, Full};
use crate::metrics::{Counted, Rejected};
use crate::parameters::Parameters;
use crate::server::Api;

/// How often a line is sent where nothing happens, so that proxies keep the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// When to ask for a stream again where there is no place for one.
const NO_PLACE_PAUSE: Duration = Duration::from_secs(5);

/// Asks nginx to pass events on as they come.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// The ledger now says something else about an article: the data of an event `ledger_changed`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"article_id": "06e0d0aa-9e24-57c3-886d-92eda85bffe7", "title": "Minister denies call", "claims": 3}))]
pub(super) struct LedgerChanged {
    /// The article version.
    article_id: ArticleId,
    /// Its title.
    title: Option<String>,
    /// How many claims it has.
    claims: u64,
}

/// Events that came faster than this client read: the data of an event `missed`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"events": 12}))]
pub(super) struct Missed {
    /// How many were left out. The ledger has them all.
    events: u64,
}

/// Sends an event for each change of the ledger, from now on.
#[utoipa::path(
    get, path = "/v1/events", tag = "events", operation_id = "streamEvents",
    responses(
        (status = 200, description = "Server-sent events: `ledger_changed` with a LedgerChanged, `missed` with a Missed. A comment is sent every 15 s.",
            content((LedgerChanged = "text/event-stream"))),
        (status = 400, description = "There are no parameters here", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "As many streams are open as may be", body = Problem, content_type = "application/problem+json",
            headers(("Retry-After" = u32, description = "Seconds to wait")))
    )
)]
pub(super) async fn stream(
    State(api): State<Api>,
    Extension(caller): Extension<Caller>,
    parameters: Parameters,
) -> Result<([(HeaderName, &'static str); 1], Sse<impl Stream<Item = Result<Event, Infallible>>>), Problem> {
    parameters.refuse_others()?;
    let place = api.event_streams.take(Some(caller.client)).map_err(|full| {
        api.metrics.reject(Rejected::EventStreams);
        no_place(full)
    })?;
    let events = (api.bus.subscribe::<LedgerChangedV1>(), (place, Counted::on(&api.metrics.event_streams)));
    let stream = futures::stream::unfold(events, async |(mut events, held)| {
        let event = match events.recv().await {
            Ok(LedgerChangedV1 { article_id, title, claims }) => event("ledger_changed", &LedgerChanged { article_id, title, claims }),
            Err(RecvError::Lagged(events)) => event("missed", &Missed { events }),
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), (events, held)))
    });
    let until_shutdown = stream.take_until(api.shutdown.clone().cancelled_owned());
    Ok(([UNBUFFERED], Sse::new(until_shutdown).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))))
}

fn no_place(full: Full) -> Problem {
    match full {
        Full::ForAll => Problem::unavailable("as many event streams are open as may be: try again in a few seconds"),
        Full::ForThisClient => {
            Problem::too_many("as many event streams are open for you as one client may have: close one first", NO_PLACE_PAUSE)
        }
    }
}

fn event<T: Serialize>(name: &str, data: &T) -> Event {
    // Ids and numbers always are JSON; a title is a string.
    let json = serde_json::to_string(data).unwrap_or_default();
    Event::default().event(name).data(json)
}
