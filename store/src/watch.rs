//! Waits for a database, and watches whether it still answers.

use std::time::Duration;

use runtime::health::Need;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{DatabaseConfig, Store, StoreError};

/// How long to wait between an answer and the next question.
const INTERVAL: Duration = Duration::from_secs(1);

impl Store {
    /// Opens the database as soon as it is there; meanwhile `need` says why not. None if `shutdown` comes first.
    ///
    /// Fails on what waiting does not mend: a wrong password, a schema of a newer version.
    pub async fn open_when_there(config: &DatabaseConfig, need: &Need, shutdown: &CancellationToken) -> Result<Option<Self>, StoreError> {
        let mut told = false;
        loop {
            match Self::open(config).await {
                Ok(store) => {
                    need.met();
                    return Ok(Some(store));
                }
                Err(error) if error.is_transient() => {
                    let why = error.to_string();
                    if !std::mem::replace(&mut told, true) {
                        tracing::warn!(%why, "waiting: {why}");
                    }
                    need.missing(&why);
                }
                Err(error) => return Err(error),
            }
            tokio::select! {
                () = sleep(INTERVAL) => {}
                () = shutdown.cancelled() => return Ok(None),
            }
        }
    }
}

/// Keeps `need` up to date with whether the database answers, until `shutdown`.
pub fn watch(store: &Store, need: Need, shutdown: CancellationToken) {
    let store = store.clone();
    tokio::spawn(async move {
        watching(&store, &shutdown, |answer| match answer {
            Ok(()) => need.met(),
            Err(why) => need.missing(&why),
        })
        .await;
    });
}

/// Asks the database again and again until `shutdown`, and tells each answer.
pub(crate) async fn watching(store: &Store, shutdown: &CancellationToken, tell: impl Fn(Result<(), String>)) {
    loop {
        tell(store.ledger.ping().await.map_err(|error| error.to_string()));
        tokio::select! {
            () = sleep(INTERVAL) => {}
            () = shutdown.cancelled() => return,
        }
    }
}
