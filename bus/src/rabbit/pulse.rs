//! Whether the broker still answers: a broker that hangs closes no connection, and heartbeats notice it late.

use std::pin::pin;
use std::time::Duration;

use lapin::options::BasicQosOptions;
use lapin::{Channel, Connection};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

/// How long to wait between an answer and the next question.
const INTERVAL: Duration = Duration::from_secs(1);

/// How long an answer may take before the broker counts as silent. With the interval this stays below the five seconds within
/// which a service has to say that it is not ready.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks over and over and tells when the broker falls silent and when it answers again. Resolves when asking fails, with the reason.
///
/// A silent broker keeps its connection: one that only paused goes on where it was, and one that is gone fails its heartbeats.
pub(super) async fn watch(connection: &Connection, silent: &watch::Sender<bool>) -> String {
    let channel = match connection.create_channel().await {
        Ok(channel) => channel,
        Err(error) => return error.to_string(),
    };
    loop {
        let mut asking = pin!(ask(&channel));
        let answer = if let Ok(answer) = timeout(PATIENCE, &mut asking).await {
            answer
        } else {
            silent.send_replace(true);
            asking.await
        };
        if let Err(error) = answer {
            return error.to_string();
        }
        silent.send_if_modified(std::mem::take);
        sleep(INTERVAL).await;
    }
}

/// The cheapest question that there is: it concerns no queue and changes nothing, as the channel has no consumer.
async fn ask(channel: &Channel) -> lapin::Result<()> {
    channel.basic_qos(1, BasicQosOptions::default()).await
}
