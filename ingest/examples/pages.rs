//! Reads annotated pages (JSONL with `id`, `url`, `html`, `text`, gzipped or not) and prints how well: the mean token F1 of the main
//! texts, and the pages that lack a title, a date or a text. `cargo run --release -p ingest --example pages FILE [--show ID | --dump]`, where
//! `--show` prints one page beside its annotation and `--dump` every page as an article.

#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "a tool for a person at a terminal, counting thousands")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::time::Instant;

use ingest::page::{self, Origin};
use serde::Deserialize;
use url::Url;

#[derive(Deserialize)]
struct Page {
    id: String,
    url: String,
    html: String,
    text: String,
}

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or_else(|| anyhow::anyhow!("name a file of annotated pages"))?;
    let show = arguments.next().filter(|flag| flag == "--show").and_then(|_| arguments.next());
    let mut scores = Vec::new();
    let (mut missing, started) = (0, Instant::now());
    let mut reading = 0.0;
    for line in BufReader::new(flate2::read::MultiGzDecoder::new(std::fs::File::open(&path)?)).lines() {
        let page: Page = serde_json::from_str(&line?)?;
        let origin = Origin { url: Url::parse(&page.url).ok(), charset: None };
        let begun = Instant::now();
        let read = page::read(page.html.as_bytes(), &origin);
        reading += begun.elapsed().as_secs_f64();
        let read = match read {
            Ok(read) => read,
            Err(error) => {
                println!("{} {}: {error}", page.id, page.url);
                missing += 1;
                continue;
            }
        };
        if show.as_ref().is_some_and(|id| page.id.starts_with(id.as_str())) {
            println!("{read:#?}\n--- text\n{}\n--- annotated\n{}", read.text, page.text);
        }
        for (field, there) in [("title", read.title.is_some()), ("date", read.published_at.is_some())] {
            if !there {
                println!("{} {}: no {field}", page.id, page.url);
            }
        }
        if show.is_none() && std::env::args().any(|flag| flag == "--dump") {
            let form = claims::ArticleForm { given_id: Some(page.id.clone()), ..read.clone() };
            println!("{}", serde_json::to_string(&form)?);
        }
        scores.push((f1(&page.text, &read.text), page.id, page.url));
    }
    scores.sort_by(|one, other| one.0.2.total_cmp(&other.0.2));
    for ((precision, recall, f1), id, url) in scores.iter().take(15) {
        println!("{f1:.3} (precision {precision:.3}, recall {recall:.3}) {} {url}", id.get(..12).unwrap_or(id));
    }
    let count = scores.len() as f64;
    let mean = |of: fn(&(f64, f64, f64)) -> f64| scores.iter().map(|(score, _, _)| of(score)).sum::<f64>() / count;
    println!(
        "{count} pages read, {missing} not; token F1 {:.4}, precision {:.4}, recall {:.4}; {:.1} pages/s (reading {reading:.2} s of {:.2} s)",
        mean(|score| score.2),
        mean(|score| score.0),
        mean(|score| score.1),
        count / reading,
        started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Precision, recall and F1 of the bags of words.
fn f1(annotated: &str, found: &str) -> (f64, f64, f64) {
    let bag = |text: &str| {
        let mut bag: HashMap<String, usize> = HashMap::new();
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            *bag.entry(word.to_lowercase()).or_default() += 1;
        }
        bag
    };
    let (annotated, found) = (bag(annotated), bag(found));
    let shared: usize = annotated.iter().map(|(word, count)| (*count).min(found.get(word).copied().unwrap_or(0))).sum();
    let total = |bag: &HashMap<String, usize>| bag.values().sum::<usize>().max(1) as f64;
    let (precision, recall) = (shared as f64 / total(&found), shared as f64 / total(&annotated));
    let f1 = if shared == 0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) };
    (precision, recall, f1)
}
