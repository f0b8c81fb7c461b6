//! Spans on their way to the collector: a bounded queue and one task. Nobody waits for either.

use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{Span, SpanData, SpanProcessor};
use tokio::sync::mpsc::{self, error::TryRecvError};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::collector::Collector;
use crate::metrics::TraceMetrics;

/// The most spans that wait to be sent; beyond, they are dropped.
const CAPACITY: usize = 2_048;

/// The most spans sent at once.
const BATCH: usize = 512;

/// How long spans are gathered.
const GATHERING: Duration = Duration::from_secs(1);

/// How long the last spans may take at the end.
const LAST: Duration = Duration::from_secs(2);

/// The end of the queue where spans come in.
#[derive(Debug)]
pub(super) struct Waiting {
    spans: mpsc::Sender<SpanData>,
    metrics: TraceMetrics,
}

/// The end of the queue where they go out.
pub(super) type Outgoing = mpsc::Receiver<SpanData>;

/// A queue; what it cannot hold is counted.
pub(super) fn queue(metrics: TraceMetrics) -> (Waiting, Outgoing) {
    let (spans, outgoing) = mpsc::channel(CAPACITY);
    (Waiting { spans, metrics }, outgoing)
}

impl SpanProcessor for Waiting {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() && self.spans.try_send(span).is_err() {
            self.metrics.dropped(1);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

/// Spans are being sent.
#[derive(Debug)]
pub struct Sending {
    task: Option<(JoinHandle<()>, CancellationToken)>,
}

impl Sending {
    pub(super) fn nothing() -> Self {
        Self { task: None }
    }

    pub(super) fn begin(outgoing: Outgoing, collector: Collector, metrics: TraceMetrics) -> Self {
        let end = CancellationToken::new();
        let task = tokio::spawn(send_all(outgoing, collector, metrics, end.clone()));
        Self { task: Some((task, end)) }
    }

    /// Sends what has been traced so far, for at most two seconds, and no more after that.
    pub async fn finish(self) {
        if let Some((mut task, end)) = self.task {
            end.cancel();
            if timeout(LAST, &mut task).await.is_err() {
                task.abort();
                tracing::warn!("the last spans were not sent within {} s", LAST.as_secs());
            }
        }
    }
}

async fn send_all(mut outgoing: Outgoing, collector: Collector, metrics: TraceMetrics, end: CancellationToken) {
    let mut reached = None;
    loop {
        let mut batch = Vec::new();
        tokio::select! {
            count = outgoing.recv_many(&mut batch, BATCH) => if count == 0 { return },
            () = end.cancelled() => {}
        }
        if batch.len() < BATCH {
            tokio::select! {
                () = sleep(GATHERING) => {}
                () = end.cancelled() => {}
            }
        }
        while batch.len() < BATCH {
            match outgoing.try_recv() {
                Ok(span) => batch.push(span),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        if batch.is_empty() {
            return;
        }
        let count = batch.len() as u64;
        match collector.take(batch).await {
            Ok(()) => {
                metrics.sent(count);
                if reached == Some(false) {
                    tracing::info!("spans are sent to {} again", collector.shown());
                }
                reached = Some(true);
            }
            Err(why) => {
                metrics.dropped(count);
                // Once, however long it lasts.
                if reached != Some(false) {
                    tracing::warn!(%why, "spans cannot be sent to {} and are dropped until they can: {why}", collector.shown());
                }
                reached = Some(false);
            }
        }
    }
}
