//! The body of an answer, read as it comes and decompressed on the way, up to a limit.

use reqwest::Response;

use super::error::{self, FetchError};

/// Reads the body; stops at the first byte beyond `limit`, however small the body was before decompression.
pub(super) async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, FetchError> {
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(FetchError::TooLarge(limit));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| error::of(&error))? {
        if body.len() + chunk.len() > limit {
            return Err(FetchError::TooLarge(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
