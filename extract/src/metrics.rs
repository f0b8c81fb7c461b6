//! What the service tells Prometheus. Labels are languages with a word of their own, outcomes, steps and acts: they stay few.
//!
//! Retries, quarantine and the age of what waits are the bus's: see `bus/src/metrics.rs`.

use claims::{Act, Extraction, Outcome};
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry};
use runtime::metrics::registered;

/// Languages that get a label of their own; the rest counts as "other".
const LANGUAGES: [&str; 16] = ["ar", "nl", "en", "fr", "de", "hi", "it", "ja", "ko", "zh", "pt", "ru", "es", "sv", "tr", "vi"];

/// What the service counts. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    taken: IntCounter,
    articles: IntCounterVec,
    claims: IntCounterVec,
    handed_on: IntCounter,
    in_flight: IntGaugeVec,
    seconds: Histogram,
    text_bytes: IntCounter,
}

/// What an article waits for while it is in the service's hands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// To be read.
    Reading,
    /// To be taken over by the bus.
    HandingOn,
}

/// An article in a [`Step`]; it leaves it when this is dropped.
#[derive(Debug)]
pub(crate) struct InFlight(IntGauge);

impl Metrics {
    /// Registers all of them. Series whose labels are known beforehand are there from the start, so that the first event is seen as one.
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let articles = Opts::new(
            "gainsay_extract_articles_total",
            "Articles read, by language and outcome: extracted, skipped (kept, but in a language that is not read), failed.",
        );
        let claims = Opts::new("gainsay_extract_claims_total", "Claims found, by act.");
        let in_flight =
            Opts::new("gainsay_extract_in_flight_articles", "Articles in the service's hands now, by step: reading or handing_on.");
        let seconds = HistogramOpts::new("gainsay_extract_seconds", "Seconds to read one article.")
            .buckets(vec![0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0]);
        let metrics = Self {
            taken: counter(registry, "gainsay_extract_taken_total", "Articles taken off the bus to be read, each attempt anew.")?,
            articles: registered(registry, IntCounterVec::new(articles, &["language", "outcome"])?)?,
            claims: registered(registry, IntCounterVec::new(claims, &["act"])?)?,
            handed_on: counter(registry, "gainsay_extract_handed_on_total", "Articles handed on to the bus with their claims.")?,
            in_flight: registered(registry, IntGaugeVec::new(in_flight, &["step"])?)?,
            seconds: registered(registry, Histogram::with_opts(seconds)?)?,
            text_bytes: counter(registry, "gainsay_extract_text_bytes_total", "Bytes of the texts read.")?,
        };
        metrics.articles.with_label_values(&["en", "extracted"]);
        for language in LANGUAGES.into_iter().filter(|language| *language != "en").chain(["other"]) {
            metrics.articles.with_label_values(&[language, "skipped"]);
        }
        metrics.articles.with_label_values(&["other", "failed"]);
        for act in Act::ALL {
            metrics.claims.with_label_values(&[act.as_str()]);
        }
        for step in [Step::Reading, Step::HandingOn] {
            metrics.in_flight.with_label_values(&[step.label()]);
        }
        Ok(metrics)
    }

    /// Counts one article that was taken off the bus.
    pub(crate) fn taken(&self) {
        self.taken.inc();
    }

    /// Counts an article as in flight until the answer is dropped.
    pub(crate) fn in_flight(&self, step: Step) -> InFlight {
        let gauge = self.in_flight.with_label_values(&[step.label()]);
        gauge.inc();
        InFlight(gauge)
    }

    /// Counts one article that was read in `seconds`.
    pub(crate) fn read(&self, extraction: &Extraction, seconds: f64) {
        let language = extraction.article.language.as_deref().filter(|language| LANGUAGES.contains(language)).unwrap_or("other");
        let outcome = match extraction.outcome {
            Outcome::Claims(_) => "extracted",
            Outcome::Skipped(_) => "skipped",
        };
        self.articles.with_label_values(&[language, outcome]).inc();
        for claim in extraction.claims() {
            self.claims.with_label_values(&[claim.act.as_str()]).inc();
        }
        self.text_bytes.inc_by(extraction.article.text.len() as u64);
        self.seconds.observe(seconds);
    }

    /// Counts one article that this extractor cannot read.
    pub(crate) fn failed(&self) {
        self.articles.with_label_values(&["other", "failed"]).inc();
    }

    /// Counts one article that the bus took over.
    pub(crate) fn handed_on(&self) {
        self.handed_on.inc();
    }
}

impl Step {
    fn label(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::HandingOn => "handing_on",
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn counter(registry: &Registry, name: &str, help: &str) -> prometheus::Result<IntCounter> {
    registered(registry, IntCounter::new(name, help)?)
}

#[cfg(test)]
mod tests {
    use claims::{Article, ArticleForm};

    use super::*;
    use crate::analyse;

    #[test]
    fn an_article_is_counted_by_language_outcome_and_act() {
        let registry = Registry::new();
        let metrics = Metrics::new(&registry).unwrap();
        let read = |text: &str| {
            let article = Article::new(ArticleForm { text: text.to_owned(), ..ArticleForm::default() }).unwrap();
            metrics.read(&analyse(&article).into_extraction(article), 0.01);
        };
        read("The mayor denied on Monday that the bridge was closed.");
        read("Der Bürgermeister sagte am Montag, dass die Brücke nicht gesperrt worden sei.");
        let reading = metrics.in_flight(Step::Reading);
        let text = || prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
        for line in [
            "gainsay_extract_articles_total{language=\"en\",outcome=\"extracted\"} 1",
            "gainsay_extract_articles_total{language=\"de\",outcome=\"skipped\"} 1",
            "gainsay_extract_articles_total{language=\"other\",outcome=\"failed\"} 0",
            "gainsay_extract_claims_total{act=\"deny\"} 1",
            "gainsay_extract_claims_total{act=\"promise\"} 0",
            "gainsay_extract_in_flight_articles{step=\"reading\"} 1",
            "gainsay_extract_in_flight_articles{step=\"handing_on\"} 0",
            "gainsay_extract_seconds_count 2",
        ] {
            assert!(text().lines().any(|found| found == line), "no {line} in\n{}", text());
        }
        drop(reading);
        assert!(text().contains("gainsay_extract_in_flight_articles{step=\"reading\"} 0"));
    }
}
