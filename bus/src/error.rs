//! What can go wrong on a bus, by what the caller can do about it.

/// A message that was not taken over.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The broker cannot be reached, or did not confirm in time: publish again.
    #[error("the message broker did not take the message: {0}")]
    Unavailable(String),
    /// No queue is bound for this type of message, so the broker gave it back. The bus declares it again: publish again.
    #[error("no queue takes {queue}, it was deleted: it is declared again now")]
    Unroutable {
        /// The queue's name.
        queue: String,
    },
    /// The message cannot be written as JSON or is larger than the bus takes.
    #[error("the message cannot be sent: {0}")]
    Unsendable(String),
    /// The message can never be handled, and there is no place to keep it (in-process bus): its publisher still owns it.
    #[error("{subject} was refused ({why}) and is not kept: {unkept}")]
    Refused {
        /// What the message is about.
        subject: String,
        /// Why it was refused.
        why: String,
        /// Why it could not be set aside.
        unkept: String,
    },
    /// The bus is shutting down and did not take the message, or did not handle it to the end: publish it again.
    #[error("the bus is shutting down")]
    Closed,
}

/// A bus that cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The configuration names no usable broker.
    #[error("{0:?} is not an address of a message broker: {1}")]
    BadAddress(String, String),
    /// The configured prefix cannot begin the names of queues.
    #[error("bus.prefix {0:?} cannot begin the names of queues: give 1 to 100 letters, digits, dots, hyphens or underscores")]
    BadPrefix(String),
    /// A queue or exchange exists with other properties than this version and configuration declare.
    #[error("{queue} is on the broker with other properties ({why}): drain and delete it there, or configure another bus.prefix")]
    Topology {
        /// Its name.
        queue: String,
        /// The broker's reason.
        why: String,
    },
    /// The metrics cannot be registered.
    #[error("the metrics of the bus cannot be registered: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The quarantine cannot be written.
    #[error("the quarantine {path} cannot be used: {why}")]
    Quarantine {
        /// Its folder.
        path: String,
        /// Why.
        why: String,
    },
}
