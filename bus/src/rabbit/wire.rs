//! Messages as they travel: bodies, properties, and the headers that count attempts, tell of the message's passage, and say why it was set
//! aside.

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use serde_json::Value;
use time::OffsetDateTime;

use super::MAX_BYTES;
use crate::passage::{Passage, TRACE_HEADERS, TraceContext};
use crate::quarantine::Notice;
use crate::{Message, PublishError};

/// The most of a subject that fits a message's id.
const MAX_ID: usize = 255;

/// What the names of our headers begin with.
const OURS: &str = "gainsay-";

/// The header that says when the article was first taken in, in milliseconds from the Unix epoch.
const TAKEN_AT: &str = "gainsay-taken-at";

/// A message on its way out.
#[derive(Clone, Debug)]
pub(super) struct Outgoing {
    pub(super) exchange: String,
    pub(super) routing_key: String,
    pub(super) body: Vec<u8>,
    pub(super) properties: BasicProperties,
    /// Whether it must reach a queue; it is then also written to disk there.
    pub(super) owed: bool,
}

impl Outgoing {
    /// `message` as JSON, or [`PublishError::Unsendable`].
    pub(super) fn new<M: Message>(message: &M, exchange: String, routing_key: &str, owed: bool) -> Result<Self, PublishError> {
        let body = serde_json::to_vec(message).map_err(|error| PublishError::Unsendable(error.to_string()))?;
        if body.len() > MAX_BYTES {
            let subject = message.subject();
            return Err(PublishError::Unsendable(format!("{subject} takes {} bytes; a message may take {MAX_BYTES}", body.len())));
        }
        let properties = BasicProperties::default()
            .with_content_type("application/json".into())
            .with_type(M::TYPE.into())
            .with_message_id(short(&message.subject()))
            .with_timestamp(u64::try_from(OffsetDateTime::now_utc().unix_timestamp()).unwrap_or_default())
            .with_delivery_mode(if owed { 2 } else { 1 });
        Ok(Self { exchange, routing_key: routing_key.to_owned(), body, properties, owed })
    }

    /// The same with what travels beside it.
    pub(super) fn with_passage(self, passage: &Passage) -> Self {
        Self { properties: self.properties.with_headers(passage_headers(passage)), ..self }
    }

    /// A message set aside: the body as it came, with its passage and the notice in its headers and without its history.
    pub(super) fn set_aside(
        exchange: String,
        routing_key: String,
        body: Vec<u8>,
        properties: BasicProperties,
        passage: &Passage,
        notice: &Notice,
    ) -> Self {
        let mut headers = passage_headers(passage);
        for (name, value) in notice_headers(notice).inner() {
            headers.insert(name.clone(), value.clone());
        }
        let properties = properties.with_headers(headers).with_delivery_mode(2);
        Self { exchange, routing_key, body, properties, owed: true }
    }
}

/// Decodes a message of type `M`, or says why it is none.
pub(super) fn decode<M: Message>(properties: &BasicProperties, body: &[u8]) -> Result<M, String> {
    match properties.kind() {
        Some(kind) if kind.as_str() == M::TYPE => {}
        Some(kind) => return Err(format!("its type is {kind}, where {} is handled", M::TYPE)),
        None => return Err(format!("it names no type, where {} is handled", M::TYPE)),
    }
    serde_json::from_slice(body).map_err(|error| format!("it cannot be decoded as {}: {error}", M::TYPE))
}

/// How often the message was rejected by consumers of `queue`, or handed out too often.
pub(super) fn failures(properties: &BasicProperties, queue: &str) -> u32 {
    let Some(AMQPValue::FieldArray(deaths)) = header(properties, "x-death") else { return 0 };
    let tables = deaths.as_slice().iter().filter_map(|death| match death {
        AMQPValue::FieldTable(table) => Some(table.inner()),
        _ => None,
    });
    let here =
        tables.filter(|table| matches!(table.get("queue"), Some(AMQPValue::LongString(name)) if name.as_bytes() == queue.as_bytes()));
    here.filter_map(|table| table.get("count").and_then(count)).fold(0, u32::saturating_add)
}

/// How often, since it was last rejected, the message was handed to a consumer that went away without an answer.
pub(super) fn losses(properties: &BasicProperties) -> u32 {
    header(properties, "x-delivery-count").and_then(count).unwrap_or_default()
}

/// The passage of a message. One of an older version tells no more than when it was published.
pub(super) fn passage(properties: &BasicProperties) -> Passage {
    let text = |name| match header(properties, name) {
        Some(AMQPValue::LongString(text)) => std::str::from_utf8(text.as_bytes()).ok().map(ToOwned::to_owned),
        _ => None,
    };
    let milliseconds = match header(properties, TAKEN_AT) {
        Some(AMQPValue::LongLongInt(milliseconds)) => Some(i128::from(*milliseconds)),
        _ => properties.timestamp().map(|seconds| i128::from(seconds) * 1_000),
    };
    let taken_at = milliseconds.and_then(|since| OffsetDateTime::from_unix_timestamp_nanos(since.checked_mul(1_000_000)?).ok());
    let [traceparent, tracestate] = TRACE_HEADERS.map(text);
    let now = Passage::from_now();
    Passage { taken_at: taken_at.unwrap_or(now.taken_at), trace: TraceContext { traceparent, tracestate } }
}

fn passage_headers(passage: &Passage) -> FieldTable {
    let mut table = FieldTable::default();
    table.insert(TAKEN_AT.into(), AMQPValue::LongLongInt(passage.taken_at_ms()));
    let TraceContext { traceparent, tracestate } = &passage.trace;
    for (name, value) in TRACE_HEADERS.into_iter().zip([traceparent, tracestate]) {
        if let Some(value) = value {
            table.insert(name.into(), AMQPValue::LongString(value.as_str().into()));
        }
    }
    table
}

fn header<'a>(properties: &'a BasicProperties, name: &str) -> Option<&'a AMQPValue> {
    properties.headers().as_ref()?.inner().get(name)
}

fn count(value: &AMQPValue) -> Option<u32> {
    match value {
        AMQPValue::LongLongInt(number) => u32::try_from(*number).ok(),
        AMQPValue::LongInt(number) => u32::try_from(*number).ok(),
        _ => None,
    }
}

/// What the message is about, by its properties.
pub(super) fn subject(properties: &BasicProperties) -> String {
    properties.message_id().as_ref().map(ToString::to_string).unwrap_or_default()
}

/// The type that the message names.
pub(super) fn message_type(properties: &BasicProperties) -> String {
    properties.kind().as_ref().map(ToString::to_string).unwrap_or_default()
}

/// One header for each field of the notice, `gainsay-` before its name.
fn notice_headers(notice: &Notice) -> FieldTable {
    let mut table = FieldTable::default();
    if let Ok(Value::Object(fields)) = serde_json::to_value(notice) {
        for (name, value) in fields {
            let value = match value {
                Value::Number(number) => AMQPValue::LongLongInt(number.as_i64().unwrap_or_default()),
                Value::String(text) => AMQPValue::LongString(text.into()),
                other => AMQPValue::LongString(other.to_string().into()),
            };
            table.insert(short(&format!("{OURS}{name}")), value);
        }
    }
    table
}

/// The notice of a message in quarantine. One that somebody else put there tells no more than its type and subject.
pub(super) fn notice(properties: &BasicProperties) -> Notice {
    let field = |name: &str| header(properties, &format!("{OURS}{name}"));
    let text = |name: &str| match field(name) {
        Some(AMQPValue::LongString(text)) => Some(text.to_string()),
        _ => None,
    };
    Notice {
        who: text("who").unwrap_or_default(),
        r#type: text("type").unwrap_or_else(|| message_type(properties)),
        subject: text("subject").unwrap_or_else(|| subject(properties)),
        r#where: text("where").unwrap_or_default(),
        when: text("when").unwrap_or_default(),
        why: text("why").unwrap_or_default(),
        attempts: field("attempts").and_then(count).unwrap_or_default(),
    }
}

/// The properties without the notice and without the broker's history; what else travels with the message stays.
pub(super) fn as_new(properties: BasicProperties) -> BasicProperties {
    let mut kept = FieldTable::default();
    for (name, value) in properties.headers().iter().flat_map(FieldTable::inner) {
        let noted = name.as_str().starts_with(OURS) && name.as_str() != TAKEN_AT;
        if !noted && !name.as_str().starts_with("x-") {
            kept.insert(name.clone(), value.clone());
        }
    }
    properties.with_headers(kept).with_delivery_mode(2)
}

fn short(text: &str) -> ShortString {
    text[..text.floor_char_boundary(MAX_ID)].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_travels_and_that_of_an_older_version_is_its_timestamp() {
        let passage_then = Passage {
            taken_at: OffsetDateTime::from_unix_timestamp_nanos(1_741_003_200_123_000_000).unwrap(),
            trace: TraceContext { traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()), tracestate: None },
        };
        let properties = BasicProperties::default().with_timestamp(5).with_headers(passage_headers(&passage_then));
        assert_eq!(passage(&properties), passage_then);
        let older = passage(&BasicProperties::default().with_timestamp(1_741_003_200));
        assert_eq!((older.taken_at.unix_timestamp(), older.trace), (1_741_003_200, TraceContext::default()));
        for absurd in [i64::MAX, i64::MIN] {
            let mut table = FieldTable::default();
            table.insert(TAKEN_AT.into(), AMQPValue::LongLongInt(absurd));
            assert!(passage(&BasicProperties::default().with_headers(table)).age() < 10.0);
        }
        assert!(passage(&BasicProperties::default().with_timestamp(u64::MAX)).age() < 10.0);
    }
}
