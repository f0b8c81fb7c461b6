//! What an operator does with queues: count what is in them, look at what was set aside, replay or discard it. Looking changes nothing.

use std::path::{Path, PathBuf};

use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::passage::{Passage, going_on};
use crate::quarantine::{Folder, Found};
use crate::rabbit::operator::{Operator, Verdict};
use crate::topology::WORK;
use crate::{ArticleExtractedV1, ArticleFetchedV1, Bus, BusError, Config, Message, Notice, PublishError, Receipt, Work};

/// Queues as an operator sees them: those of a deployment on its broker, or the quarantine folder of the embedded pipeline.
#[derive(Debug)]
pub struct Queues {
    place: Place,
}

#[derive(Debug)]
enum Place {
    Broker(Box<Operator>),
    Folder { folder: Folder, path: PathBuf, pipeline: Option<Bus> },
}

/// How much is in one queue of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Depth {
    /// The queue, without the deployment's prefix.
    pub queue: String,
    /// Messages ready to be handled. Those in a consumer's hands are not counted; unknown where the queue is in another process's memory.
    pub waiting: Option<u64>,
    /// Messages that failed and come back after the delay.
    pub delayed: Option<u64>,
    /// Messages set aside.
    pub quarantined: u64,
    /// Consumers of the queue.
    pub consumers: Option<u64>,
    /// When the oldest message that waits or is delayed was taken in.
    #[serde(with = "time::serde::rfc3339::option")]
    pub oldest_taken_in: Option<OffsetDateTime>,
    /// When the oldest message in quarantine was set aside.
    #[serde(with = "time::serde::rfc3339::option")]
    pub oldest_set_aside: Option<OffsetDateTime>,
}

/// A message in quarantine, without its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SetAside {
    /// What it is called here: twelve hexadecimal digits that follow from its notice and body.
    pub id: String,
    /// The queue that it came from, without the deployment's prefix.
    pub queue: String,
    /// Why it is here.
    #[serde(flatten)]
    pub notice: Notice,
}

/// What came of replaying one message.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The message.
    pub message: SetAside,
    /// On a broker [`Receipt::Queued`]; in one process handled, or set aside again; or why it stays where it is.
    pub outcome: Result<Receipt, String>,
}

/// Queues that cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum QueuesError {
    /// The broker cannot be reached, or was lost on the way.
    #[error("the message broker {address} cannot be reached: {why}")]
    Unreachable {
        /// Its address, without secrets.
        address: String,
        /// The reason.
        why: String,
    },
    /// The broker is there and refuses this user.
    #[error("the message broker {address} refuses: {why}; check user, password, vhost and permissions in bus.url")]
    Denied {
        /// Its address, without secrets.
        address: String,
        /// The reason.
        why: String,
    },
    /// A queue is not on the broker.
    #[error("there is no queue {queue} on {address}: start a service, which declares it, or check bus.prefix")]
    Missing {
        /// The queue's name.
        queue: String,
        /// The broker's address.
        address: String,
    },
    /// The configuration is of no use.
    #[error(transparent)]
    Configuration(#[from] BusError),
    /// The folder cannot be read or written.
    #[error("the quarantine {path} cannot be used: {why}")]
    Folder {
        /// Its path.
        path: String,
        /// The reason.
        why: String,
    },
    /// No pipeline runs here that could take the messages.
    #[error("nothing here handles messages, so none can be replayed")]
    NoPipeline,
}

impl Queues {
    /// The names of all queues of work, without the deployment's prefix.
    pub const NAMES: [&str; 2] = WORK;

    /// The queues of the deployment that `config` names. Connects, and declares nothing.
    pub async fn on_broker(config: &Config) -> Result<Self, QueuesError> {
        Ok(Self { place: Place::Broker(Box::new(Operator::connect(config).await?)) })
    }

    /// The quarantine in `folder`; messages are replayed through `pipeline`, whose own quarantine it is.
    pub fn in_folder(folder: &Path, pipeline: Option<Bus>) -> Self {
        Self { place: Place::Folder { folder: Folder::at(folder), path: folder.to_owned(), pipeline } }
    }

    /// How much is in each queue.
    pub async fn depths(&self) -> Result<Vec<Depth>, QueuesError> {
        match &self.place {
            Place::Broker(operator) => operator.depths().await,
            Place::Folder { .. } => {
                let set_aside = self.quarantined().await?;
                let depth = |queue: &str| {
                    let here = set_aside.iter().filter(|message| message.queue == queue);
                    let oldest_set_aside = here.clone().next().and_then(SetAside::moment);
                    let quarantined = here.count() as u64;
                    Depth { queue: queue.to_owned(), quarantined, oldest_set_aside, ..Depth::unknown() }
                };
                Ok(WORK.iter().map(|queue| depth(queue)).collect())
            }
        }
    }

    /// Everything in quarantine, by queue, in the order in which it was set aside.
    pub async fn quarantined(&self) -> Result<Vec<SetAside>, QueuesError> {
        let mut all = Vec::new();
        match &self.place {
            Place::Broker(operator) => {
                for queue in WORK {
                    let keep = |message: &SetAside, _: &[u8]| {
                        all.push(message.clone());
                        Verdict::Keep
                    };
                    operator.walk(queue, keep).await?;
                }
            }
            Place::Folder { .. } => {
                let files = self.files().await?;
                all.extend(files.into_iter().map(|file| file.message));
                // Whatever is of no known queue comes last.
                let place = |queue: &str| WORK.iter().position(|known| *known == queue).unwrap_or(WORK.len());
                all.sort_by_key(|message| place(&message.queue));
            }
        }
        Ok(all)
    }

    /// The message called `id` with its body, if it is in quarantine.
    pub async fn find(&self, id: &str) -> Result<Option<(SetAside, Vec<u8>)>, QueuesError> {
        let mut found = None;
        match &self.place {
            Place::Broker(operator) => {
                for queue in WORK {
                    let look = |message: &SetAside, body: &[u8]| {
                        if message.id == id {
                            found = Some((message.clone(), body.to_vec()));
                        }
                        Verdict::Keep
                    };
                    operator.walk(queue, look).await?;
                }
            }
            Place::Folder { .. } => {
                let file = self.files().await?.into_iter().find(|file| file.message.id == id);
                found = file.map(|file| (file.message, file.body));
            }
        }
        Ok(found)
    }

    /// Hands the messages that `chosen` picks to their queues again, each as if it had never been tried. One that is not taken over
    /// stays in quarantine. Cut off at any moment, a message is at most handled twice, which changes nothing.
    pub async fn replay(&self, chosen: impl Fn(&SetAside) -> bool + Send + Sync) -> Result<Vec<Replayed>, QueuesError> {
        match &self.place {
            Place::Broker(operator) => {
                let mut all = Vec::new();
                for queue in WORK {
                    let verdict = |message: &SetAside, _: &[u8]| if chosen(message) { Verdict::Replay } else { Verdict::Keep };
                    all.extend(operator.walk(queue, verdict).await?);
                }
                Ok(all)
            }
            Place::Folder { folder, pipeline, .. } => {
                let pipeline = pipeline.as_ref().ok_or(QueuesError::NoPipeline)?;
                let mut all = Vec::new();
                for file in self.files().await?.into_iter().filter(|file| chosen(&file.message)) {
                    let outcome = match file.message.notice.r#type.as_str() {
                        ArticleFetchedV1::TYPE => republish::<ArticleFetchedV1>(pipeline, &file).await,
                        ArticleExtractedV1::TYPE => republish::<ArticleExtractedV1>(pipeline, &file).await,
                        other => Err(format!("nothing here handles messages of type {other:?}")),
                    };
                    if let Ok(Receipt::Handled | Receipt::Queued) = &outcome {
                        folder.remove(&file.path).map_err(|error| self.unusable(&error))?;
                    }
                    all.push(Replayed { message: file.message, outcome });
                }
                Ok(all)
            }
        }
    }

    /// Throws the messages that `chosen` picks away, for good; answers which they were.
    pub async fn discard(&self, chosen: impl Fn(&SetAside) -> bool + Send + Sync) -> Result<Vec<SetAside>, QueuesError> {
        let mut all = Vec::new();
        match &self.place {
            Place::Broker(operator) => {
                for queue in WORK {
                    let verdict = |message: &SetAside, _: &[u8]| {
                        if !chosen(message) {
                            return Verdict::Keep;
                        }
                        all.push(message.clone());
                        Verdict::Discard
                    };
                    operator.walk(queue, verdict).await?;
                }
            }
            Place::Folder { folder, .. } => {
                for file in self.files().await?.into_iter().filter(|file| chosen(&file.message)) {
                    folder.remove(&file.path).map_err(|error| self.unusable(&error))?;
                    all.push(file.message);
                }
            }
        }
        Ok(all)
    }

    async fn files(&self) -> Result<Vec<Kept>, QueuesError> {
        let Place::Folder { folder, .. } = &self.place else { return Ok(Vec::new()) };
        let folder = folder.clone();
        let read = tokio::task::spawn_blocking(move || folder.files()).await.unwrap_or_else(|error| Err(error.into()));
        let kept = |(path, found): (PathBuf, Found)| {
            let Found { notice, passage, message } = found;
            let body = message.to_string().into_bytes();
            let queue = queue_of(&notice.r#where);
            Kept { path, message: SetAside::new(queue, notice, &body), passage: passage.unwrap_or_else(Passage::from_now), body }
        };
        Ok(read.map_err(|error| self.unusable(&error))?.into_iter().map(kept).collect())
    }

    fn unusable(&self, error: &std::io::Error) -> QueuesError {
        let path = match &self.place {
            Place::Folder { path, .. } => path.display().to_string(),
            Place::Broker(_) => String::new(),
        };
        QueuesError::Folder { path, why: error.to_string() }
    }
}

/// A file of the quarantine folder.
struct Kept {
    path: PathBuf,
    message: SetAside,
    passage: Passage,
    body: Vec<u8>,
}

impl SetAside {
    pub(crate) fn new(queue: String, notice: Notice, body: &[u8]) -> Self {
        let Notice { r#type, subject, when, .. } = &notice;
        let name = [queue.as_bytes(), r#type.as_bytes(), subject.as_bytes(), when.as_bytes(), body].join(&0);
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &name).simple().to_string();
        Self { id: id[..12].to_owned(), queue, notice }
    }

    /// When it was set aside; none where its notice does not say.
    pub fn moment(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::parse(&self.notice.when, &Rfc3339).ok()
    }
}

impl Depth {
    pub(crate) fn unknown() -> Self {
        let (waiting, delayed, consumers, oldest_taken_in, oldest_set_aside) = (None, None, None, None, None);
        Self { queue: String::new(), waiting, delayed, quarantined: 0, consumers, oldest_taken_in, oldest_set_aside }
    }
}

/// The queue of work that `place` is, whatever the prefix before it.
fn queue_of(place: &str) -> String {
    WORK.iter().find(|work| place.ends_with(**work)).map_or_else(|| place.to_owned(), |work| (*work).to_owned())
}

async fn republish<M: Work>(pipeline: &Bus, file: &Kept) -> Result<Receipt, String> {
    let message: M = serde_json::from_slice(&file.body).map_err(|error| format!("it cannot be decoded as {}: {error}", M::TYPE))?;
    let published = going_on(file.passage.clone(), pipeline.publish(&message)).await;
    published.map_err(|error: PublishError| error.to_string())
}
