//! Fetching from the web.

use url::Url;

/// `url` as it may be shown: without its password.
pub(crate) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _no_host = url.set_password(None).and_then(|()| url.set_username(""));
    url.into()
}
