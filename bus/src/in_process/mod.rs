//! A bus within one process, by end-to-end acknowledgement: whoever publishes waits until the message has been handled.
//!
//! A handler may publish further work and wait for it, so that one message owns a chain of others. Nothing can deadlock, because each
//! type of work has its own queue and its own bound, and chains run one way. At shutdown a consumer takes nothing more from
//! its queue and finishes what it has begun; once a queue's last consumer is gone, whatever waits in it, or comes later, is
//! given back to its publisher as [`PublishError::Closed`]. So every chain ends: handled, or given back to where it began.

mod consume;
mod queue;

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::metrics::Metrics;
use crate::passage::Passage;
use crate::quarantine::Folder;
use crate::{BusError, Consumption, Event, Handler, PublishError, Receipt, Work, config};
use queue::{Close, Queue};

/// Events that a listener may lag behind before it loses the oldest.
const EVENTS_KEPT: usize = 1_024;

/// The queues of one process.
pub(crate) struct InProcess {
    limits: config::InProcess,
    metrics: Metrics,
    quarantine: Option<Folder>,
    /// An `Arc<Queue<M>>` for each type of work `M`.
    queues: Mutex<HashMap<TypeId, Box<dyn AnyQueue>>>,
    /// A `broadcast::Sender<E>` for each type of event `E`.
    events: Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>,
    state: watch::Sender<Result<(), String>>,
    closed: CancellationToken,
}

impl InProcess {
    pub(crate) fn new(limits: config::InProcess, metrics: Metrics) -> Result<Self, BusError> {
        let quarantine = match limits.quarantine.clone() {
            None => None,
            Some(path) => {
                let shown = path.display().to_string();
                Some(Folder::open(path).map_err(|error| BusError::Quarantine { path: shown, why: error.to_string() })?)
            }
        };
        metrics.connected(true);
        Ok(Self {
            limits,
            metrics,
            quarantine,
            queues: Mutex::default(),
            events: Mutex::default(),
            state: watch::Sender::new(Ok(())),
            closed: CancellationToken::new(),
        })
    }

    pub(crate) async fn publish<M: Work>(&self, message: &M) -> Result<Receipt, PublishError> {
        let (span, passage) = Passage::outward(M::QUEUE, &message.subject());
        let result = if self.closed.is_cancelled() {
            Err(PublishError::Closed)
        } else {
            self.queue::<M>().publish(message.clone(), passage).instrument(span).await
        };
        self.metrics.published(M::QUEUE, &result);
        result
    }

    pub(crate) async fn consume<M: Work, H: Handler<M>>(
        self: &Arc<Self>,
        consumption: Consumption,
        handler: H,
        shutdown: CancellationToken,
    ) -> Result<(), BusError> {
        consume::consume(self, self.queue::<M>(), consumption, handler, shutdown).await;
        Ok(())
    }

    pub(crate) fn announce<E: Event>(&self, event: &E) -> Result<(), PublishError> {
        if self.closed.is_cancelled() {
            return Err(PublishError::Closed);
        }
        // An error says that nobody listens, which is none.
        let _nobody_listens = self.event_sender::<E>().send(event.clone());
        Ok(())
    }

    pub(crate) fn subscribe<E: Event>(&self) -> broadcast::Receiver<E> {
        self.event_sender::<E>().subscribe()
    }

    pub(crate) fn state(&self) -> watch::Receiver<Result<(), String>> {
        self.state.subscribe()
    }

    /// Takes nothing more; what waits is given back to its publishers, what was begun is finished.
    pub(crate) fn close(&self) {
        self.closed.cancel();
        self.metrics.connected(false);
        let _before = self.state.send_replace(Err(PublishError::Closed.to_string()));
        for queue in self.queues.lock().unwrap_or_else(PoisonError::into_inner).values() {
            queue.close();
        }
    }

    fn queue<M: Work>(&self) -> Arc<Queue<M>> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let queue = Arc::new(Queue::<M>::new(self.limits.capacity));
            // Made since the bus closed its queues, or just before: it would wait for consumers that never come.
            if self.closed.is_cancelled() {
                queue.close();
            }
            queue
        };
        let queue = queues.entry(TypeId::of::<M>()).or_insert_with(|| Box::new(new()));
        // The key is the type, so that the cast finds it.
        queue.as_any().downcast_ref::<Arc<Queue<M>>>().cloned().unwrap_or_else(new)
    }

    fn event_sender<E: Event>(&self) -> broadcast::Sender<E> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || broadcast::Sender::<E>::new(EVENTS_KEPT);
        let sender = events.entry(TypeId::of::<E>()).or_insert_with(|| Box::new(new()));
        sender.downcast_ref::<broadcast::Sender<E>>().cloned().unwrap_or_else(new)
    }
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InProcess").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// A queue of some type of work.
trait AnyQueue: Close + Send + Sync {
    fn as_any(&self) -> &dyn Any;
}

impl<M: Work> AnyQueue for Arc<Queue<M>> {
    fn as_any(&self) -> &dyn Any {
        self
    }
}
