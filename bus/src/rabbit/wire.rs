//! Messages as they travel: bodies, properties, and the headers that count attempts and say why something was set aside.

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use serde_json::Value;
use time::OffsetDateTime;

use super::MAX_BYTES;
use crate::quarantine::Notice;
use crate::{Message, PublishError};

/// The most of a subject that fits a message's id.
const MAX_ID: usize = 255;

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

    /// A message set aside: the body as it came, with the notice in its headers and without its history.
    pub(super) fn set_aside(exchange: String, routing_key: String, body: Vec<u8>, properties: BasicProperties, notice: &Notice) -> Self {
        let properties = properties.with_headers(headers(notice)).with_delivery_mode(2);
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
fn headers(notice: &Notice) -> FieldTable {
    let mut table = FieldTable::default();
    if let Ok(Value::Object(fields)) = serde_json::to_value(notice) {
        for (name, value) in fields {
            let value = match value {
                Value::Number(number) => AMQPValue::LongLongInt(number.as_i64().unwrap_or_default()),
                Value::String(text) => AMQPValue::LongString(text.into()),
                other => AMQPValue::LongString(other.to_string().into()),
            };
            table.insert(short(&format!("gainsay-{name}")), value);
        }
    }
    table
}

fn short(text: &str) -> ShortString {
    text[..text.floor_char_boundary(MAX_ID)].into()
}
