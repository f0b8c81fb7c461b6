//! A bounded queue of one type of work, whose messages are owed to their publishers until they are settled.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot, watch};

use crate::passage::Passage;
use crate::{PublishError, Receipt, Work};

/// What a publisher waits for.
type Settled = Result<Receipt, PublishError>;

/// Messages that wait to be handled. Open before its first consumer comes, and closed when its last one is gone.
pub(super) struct Queue<M> {
    /// One slot a message owed: waiting, in a handler's hands, or about to come back.
    slots: Arc<Semaphore>,
    state: Mutex<State<M>>,
    arrived: Notify,
    delayed: AtomicUsize,
    /// Changed only while `state` is locked.
    open: watch::Sender<bool>,
}

struct State<M> {
    waiting: VecDeque<Item<M>>,
    consumers: usize,
}

/// A message that is owed.
struct Item<M> {
    message: M,
    passage: Passage,
    attempts: u32,
    settle: oneshot::Sender<Settled>,
    _slot: OwnedSemaphorePermit,
}

impl<M: Work> Queue<M> {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(capacity.clamp(1, Semaphore::MAX_PERMITS))),
            state: Mutex::new(State { waiting: VecDeque::new(), consumers: 0 }),
            arrived: Notify::new(),
            delayed: AtomicUsize::new(0),
            open: watch::Sender::new(true),
        }
    }

    /// Waits for a free slot, and then until the message is settled.
    pub(super) async fn publish(&self, message: M, passage: Passage) -> Settled {
        let slot = tokio::select! {
            slot = Arc::clone(&self.slots).acquire_owned() => slot.map_err(|_| PublishError::Closed)?,
            () = self.closed() => return Err(PublishError::Closed),
        };
        let (settle, settled) = oneshot::channel();
        self.add(Item { message, passage, attempts: 0, settle, _slot: slot });
        settled.await.unwrap_or(Err(PublishError::Closed))
    }

    /// The next messages, at least one and at most `most`.
    pub(super) async fn take(self: &Arc<Self>, most: usize) -> Vec<Taken<M>> {
        loop {
            let arrived = self.arrived.notified();
            let taken = self.take_waiting(most);
            if !taken.is_empty() {
                return taken;
            }
            arrived.await;
        }
    }

    /// How many messages wait.
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// How many messages are to come back later.
    pub(super) fn delayed(&self) -> usize {
        self.delayed.load(Ordering::Relaxed)
    }

    /// Counts a consumer until the answer is dropped.
    pub(super) fn attach(self: &Arc<Self>) -> Attached<M> {
        let mut state = self.lock();
        state.consumers += 1;
        self.open.send_replace(true);
        Attached(Arc::clone(self))
    }

    /// Resolves when the queue takes nothing more.
    pub(super) async fn closed(&self) {
        // The sender lives as long as the queue.
        let mut open = self.open.subscribe();
        let _gone = open.wait_for(|open| !open).await;
    }

    fn take_waiting(self: &Arc<Self>, most: usize) -> Vec<Taken<M>> {
        let mut state = self.lock();
        let count = most.clamp(1, state.waiting.len().max(1)).min(state.waiting.len());
        let taken = state.waiting.drain(..count).map(|item| Taken { item: Some(item), queue: Arc::clone(self) }).collect();
        if !state.waiting.is_empty() {
            self.arrived.notify_one();
        }
        taken
    }

    fn add(&self, item: Item<M>) {
        let mut state = self.lock();
        state.waiting.push_back(item);
        self.after_arrival(state);
    }

    fn give_back(&self, item: Item<M>) {
        let mut state = self.lock();
        state.waiting.push_front(item);
        self.after_arrival(state);
    }

    /// Wakes a consumer, or gives everything back where none will come.
    fn after_arrival(&self, mut state: MutexGuard<'_, State<M>>) {
        if *self.open.borrow() {
            self.arrived.notify_one();
        } else {
            give_back_to_publishers(&mut state);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<M>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Something that can be told to take nothing more.
pub(super) trait Close {
    fn close(&self);
}

impl<M: Work> Close for Arc<Queue<M>> {
    fn close(&self) {
        let mut state = self.lock();
        self.open.send_replace(false);
        give_back_to_publishers(&mut state);
    }
}

fn give_back_to_publishers<M>(state: &mut State<M>) {
    for item in state.waiting.drain(..) {
        // A publisher that no longer waits has nothing to be told.
        let _gone = item.settle.send(Err(PublishError::Closed));
    }
}

/// A consumer's presence at a queue.
pub(super) struct Attached<M: Work>(Arc<Queue<M>>);

impl<M: Work> Drop for Attached<M> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.consumers -= 1;
        if state.consumers == 0 {
            self.0.open.send_replace(false);
            give_back_to_publishers(&mut state);
        }
    }
}

/// A message in a handler's hands. Dropped unsettled, as when its consumer is killed, it goes back to the head of its queue.
pub(super) struct Taken<M: Work> {
    item: Option<Item<M>>,
    queue: Arc<Queue<M>>,
}

impl<M: Work> Taken<M> {
    /// The message; none once it is settled.
    pub(super) fn message(&self) -> Option<&M> {
        self.item.as_ref().map(|item| &item.message)
    }

    /// What came with the message; none once it is settled.
    pub(super) fn passage(&self) -> Option<&Passage> {
        self.item.as_ref().map(|item| &item.passage)
    }

    /// Counts one more attempt; answers how many there were, this one included.
    pub(super) fn begin(&mut self) -> u32 {
        self.item.as_mut().map_or(0, |item| {
            item.attempts += 1;
            item.attempts
        })
    }

    /// Counts the message as one that is to come back, until the answer is dropped, which gives it back.
    pub(super) fn delay(self) -> Delayed<M> {
        self.queue.delayed.fetch_add(1, Ordering::Relaxed);
        Delayed(self)
    }

    /// Tells the publisher what became of it.
    pub(super) fn settle(mut self, settled: Settled) {
        if let Some(item) = self.item.take() {
            // A publisher that no longer waits has nothing to be told.
            let _gone = item.settle.send(settled);
        }
    }
}

impl<M: Work> Drop for Taken<M> {
    fn drop(&mut self) {
        if let Some(item) = self.item.take() {
            self.queue.give_back(item);
        }
    }
}

/// A message that is to come back later.
pub(super) struct Delayed<M: Work>(Taken<M>);

impl<M: Work> Drop for Delayed<M> {
    fn drop(&mut self) {
        self.0.queue.delayed.fetch_sub(1, Ordering::Relaxed);
    }
}
