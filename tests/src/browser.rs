//! A headless Chromium with a profile of its own, driven over WebDriver.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Process, eventually, folder, http};

/// How a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 390 × 844, as a telephone shows it.
    Phone,
    /// 1280 × 900.
    Desk,
}

impl Screen {
    /// Its width in CSS pixels.
    pub fn width(self) -> u32 {
        match self {
            Self::Phone => 390,
            Self::Desk => 1280,
        }
    }

    fn height(self) -> u32 {
        match self {
            Self::Phone => 844,
            Self::Desk => 900,
        }
    }
}

/// A browser; closed when dropped.
#[derive(Debug)]
pub struct Browser {
    /// What drives it.
    pub client: Client,
    session: String,
    driver_address: String,
    _driver: Process,
    _folder: TempDir,
}

impl Browser {
    /// Opens an empty window on `screen`.
    pub async fn open(screen: Screen) -> Self {
        let folder = folder();
        let mut command = Command::new(std::env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into()));
        // What Chromium keeps besides its profile goes to the test's folder too.
        command.arg("--port=0").env("HOME", folder.path());
        let driver = Process::spawn("chromedriver", command, folder.path());
        let driver_address = eventually("chromedriver", Duration::from_secs(20), || {
            let log = driver.log();
            async move {
                let (_, port) = log.split_once("started successfully on port ")?;
                let digits: String = port.chars().take_while(char::is_ascii_digit).collect();
                port.contains('.').then(|| format!("127.0.0.1:{digits}"))
            }
        })
        .await;
        let Value::Object(capabilities) = capabilities(screen, folder.path()) else { unreachable!("an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://{driver_address}"))
            .await
            .expect("Chromium starts");
        let session = client.session_id().await.expect("chromedriver answers").expect("there is a session");
        Self { client, session, driver_address, _driver: driver, _folder: folder }
    }

    /// What JavaScript says of the page.
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What the page has written to the console, refused and failed requests included; each is told once.
    pub async fn console(&self) -> Vec<String> {
        let url = format!("http://{}/session/{}/se/log", self.driver_address, self.session);
        let answer = http().post(url).json(&json!({"type": "browser"})).send().await.expect("chromedriver answers");
        let answer: Value = answer.json().await.expect("chromedriver answers in JSON");
        let entries = answer["value"].as_array().unwrap_or_else(|| panic!("chromedriver has no log: {answer}"));
        entries.iter().map(|entry| format!("{} {}", entry["level"], entry["message"])).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ending the driver alone would leave its Chromium behind.
        let close = || -> std::io::Result<()> {
            let mut stream = TcpStream::connect(&self.driver_address)?;
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
            write!(stream, "DELETE /session/{} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.session, self.driver_address)?;
            // It answers once Chromium is gone, and then keeps the connection open.
            stream.read_exact(&mut [0])
        };
        if let Err(error) = close() {
            eprintln!("the browser could not be closed: {error}");
        }
    }
}

fn capabilities(screen: Screen, folder: &Path) -> Value {
    let (width, height) = (screen.width(), screen.height());
    let arguments = [
        "--headless".to_owned(),
        // Chromium's own sandbox does not work for root, nor in most containers.
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        // It talks to nobody but the service under test.
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        "--no-proxy-server".to_owned(),
        format!("--window-size={width},{height}"),
        format!("--user-data-dir={}", folder.join("profile").display()),
    ];
    let mut options = json!({"args": arguments});
    if let Some(binary) = std::env::var_os("CHROMIUM") {
        options["binary"] = json!(binary.to_string_lossy());
    }
    if screen == Screen::Phone {
        // A window cannot be made as narrow as a telephone.
        options["mobileEmulation"] = json!({"deviceMetrics": {"width": width, "height": height, "pixelRatio": 2.0}});
    }
    json!({"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}})
}
