//! What can go wrong on a bus, by what the caller can do about it.

/// A message that was not taken over.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The broker cannot be reached, or did not confirm in time: publish again.
    #[error("the message broker did not take the message: {0}")]
    Unavailable(String),
    /// No queue is bound for this type of message, so the broker gave it back.
    #[error("no queue takes {queue}: was it deleted? Restart a service to declare it again")]
    Unroutable {
        /// The queue's name.
        queue: String,
    },
    /// The message cannot be written as JSON or is larger than the bus takes.
    #[error("the message cannot be sent: {0}")]
    Unsendable(String),
    /// The bus is shutting down and did not take the message.
    #[error("the bus is shutting down")]
    Closed,
}

/// A bus that cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The configuration names no usable broker.
    #[error("{0:?} is not an address of a message broker: {1}")]
    BadAddress(String, String),
    /// A queue exists with other properties than this version declares.
    #[error("queue {queue} cannot be declared: {why}")]
    Topology {
        /// The queue's name.
        queue: String,
        /// The broker's reason.
        why: String,
    },
    /// The quarantine cannot be written.
    #[error("the quarantine {path} cannot be used: {why}")]
    Quarantine {
        /// Its folder.
        path: String,
        /// Why.
        why: String,
    },
}
