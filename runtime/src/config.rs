//! Layered configuration: commented defaults compiled in, then a file, then the environment. A bad value refuses to start.

use std::path::Path;

use figment::providers::{Env, Format, Toml};
use figment::{Figment, Metadata};
use serde::de::DeserializeOwned;

/// The sections that any service of the house reads; one file may serve them all.
const SECTIONS: [&str; 9] = ["log", "trace", "ops", "bus", "database", "ingest", "extract", "store", "api"];

/// What environment variables begin with: `GAINSAY_BUS__URL` sets `url` in `[bus]`. Those that name no key of a section are none of ours.
const PREFIX: &str = "GAINSAY_";

/// A configuration that cannot be used: which key, from where, and what is wrong with it.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or cannot be read.
    #[error("the configuration file {path} cannot be read: {why}")]
    File {
        /// Its path.
        path: String,
        /// The system's reason.
        why: String,
    },
    /// A value that is missing, unknown, or of the wrong sort.
    #[error("{place}: {why}")]
    Value {
        /// The key and where it was set: "bus.url in TOML file gainsay.toml".
        place: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Refuses a section whose values are of the right sort and yet of no use, such as an address that is none.
pub fn refuse(section: &str, why: impl std::fmt::Display) -> ConfigError {
    ConfigError::Value { place: format!("[{section}]"), why: why.to_string() }
}

/// Reads `T` from `defaults` (one TOML text a crate), the file at `path` if one is given, and the environment; later ones win.
pub fn load<T: DeserializeOwned>(defaults: &[&str], path: Option<&Path>) -> Result<T, ConfigError> {
    let mut figment = Figment::new();
    for text in defaults {
        figment = figment.merge(Toml::string(text));
    }
    if let Some(path) = path {
        readable(path).map_err(|why| ConfigError::File { path: path.display().to_string(), why })?;
        figment = figment.merge(Toml::file_exact(path));
    }
    let figment = figment.merge(Env::prefixed(PREFIX).filter(|name| name.as_str().contains("__")).split("__"));
    refuse_unknown_sections(&figment)?;
    figment.extract().map_err(|error| value_error(&error))
}

/// A pipe is refused as well: the file is read once for each part of the configuration.
fn readable(path: &Path) -> Result<(), String> {
    let metadata = std::fs::File::open(path).and_then(|file| file.metadata()).map_err(|error| error.to_string())?;
    if metadata.is_file() { Ok(()) } else { Err("it is not a regular file".to_owned()) }
}

fn refuse_unknown_sections(figment: &Figment) -> Result<(), ConfigError> {
    let all: figment::value::Dict = figment.extract().map_err(|error| value_error(&error))?;
    let unknown = all.keys().find(|key| !SECTIONS.contains(&key.as_str()));
    unknown.map_or(Ok(()), |key| {
        let place = figment.find_metadata(key).map_or_else(|| key.clone(), |from| format!("[{key}] in {}", origin(from)));
        Err(ConfigError::Value { place, why: format!("there is no such section; there are {}", SECTIONS.join(", ")) })
    })
}

fn value_error(error: &figment::Error) -> ConfigError {
    let key = error.path.join(".");
    let place = match &error.metadata {
        Some(from) if key.is_empty() => origin(from),
        Some(from) => format!("{key} in {}", origin(from)),
        None if key.is_empty() => "the configuration".to_owned(),
        None => key,
    };
    ConfigError::Value { place, why: one_line(&error.kind.to_string()) }
}

/// A reason without the lines that draw the spot in the file, where a password may stand.
fn one_line(why: &str) -> String {
    let draws = |line: &&str| line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit()).starts_with('|');
    let told = why.lines().filter(|line| !draws(line) && !line.trim().is_empty());
    told.map(str::trim).collect::<Vec<_>>().join(": ")
}

fn origin(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(source) => format!("{} {source}", metadata.name),
        None => metadata.name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Sample {
        bus: Bus,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Bus {
        url: String,
        prefetch: u16,
    }

    const DEFAULTS: &[&str] = &["[bus]\nurl = \"amqp://localhost\"\nprefetch = 32\n"];

    fn with_file(text: &str) -> Result<Sample, ConfigError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        load(DEFAULTS, Some(file.path()))
    }

    #[test]
    fn a_file_overrides_the_defaults_key_by_key() {
        let sample = with_file("[bus]\nprefetch = 8\n").unwrap();
        assert_eq!(sample, Sample { bus: Bus { url: "amqp://localhost".into(), prefetch: 8 } });
    }

    #[test]
    fn a_bad_value_is_named_with_its_place() {
        let wrong = with_file("[bus]\nprefetch = \"many\"\n").unwrap_err().to_string();
        assert!(wrong.starts_with("bus.prefetch in TOML file ") && wrong.contains("\"many\""), "{wrong}");
        let unknown = with_file("[bus]\nprefetsch = 1\n").unwrap_err().to_string();
        assert!(unknown.contains("prefetsch"), "{unknown}");
        let section = with_file("[buss]\nprefetch = 1\n").unwrap_err().to_string();
        assert!(section.contains("[buss]") && section.contains("no such section"), "{section}");
        let either = with_file("[bus]\nprefetch = \"1|2\"\n").unwrap_err().to_string();
        assert!(either.contains("\"1|2\""), "{either}");
        let missing = load::<Sample>(DEFAULTS, Some(Path::new("/nowhere/gainsay.toml"))).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/gainsay.toml"), "{missing}");
    }
    #[test]
    fn a_file_that_is_no_toml_is_told_of_in_one_line_without_what_stands_in_it() {
        let broken = with_file("[bus]\nurl = \"amqp://user:secret@broker\nprefetch = 1\n").unwrap_err().to_string();
        assert!(broken.contains("line 2") && broken.contains("TOML file"), "{broken}");
        assert!(!broken.contains('\n') && !broken.contains("secret"), "{broken}");
    }
}
