//! How fast the encoder is beside ONNX Runtime with the same weights in 8 bits, over the same windows on one core.
//!
//! `benches/onnx/run` asks for it, as it takes Python. Both take turns, so that a machine that slows down slows both.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use claims::Article;
use neural::{Network, Windows};

use crate::network::MODEL;
use crate::report::{self, ROUNDS, Row, rate};

/// The first of the articles: the others are their copies.
const ARTICLES: usize = 18;

/// Prints what the other says of itself, and the comparison as a row in pieces a second.
#[allow(clippy::print_stdout, reason = "the report is the result")]
pub(crate) fn compare(articles: &[Article], python: &str) -> anyhow::Result<()> {
    let network = Network::new(MODEL)?;
    let texts: Vec<Windows> = articles.iter().take(ARTICLES).map(|article| network.windows(&article.text)).collect();
    let folder = tempfile::tempdir()?;
    let pieces = write(&network, &texts, folder.path())?;

    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("onnx/compare.py");
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../extract/models/attribution.safetensors");
    let mut child = Command::new(python)
        .arg(program)
        .args([&model, folder.path()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{python} does not start"))?;
    let mut asked = child.stdin.take().context("no way to ask")?;
    let mut answers = BufReader::new(child.stdout.take().context("no way to be answered")?).lines();
    let mut answer = || answers.next().context("ONNX Runtime's side ended early")?.context("its answer cannot be read");
    println!("{}\n", answer()?);
    let (mut ours, mut theirs) = (Duration::MAX, Duration::MAX);
    let mut read = || {
        let begun = Instant::now();
        for text in &texts {
            black_box(network.encode(text));
        }
        ours = ours.min(begun.elapsed());
    };
    for _ in 0..ROUNDS {
        read();
        writeln!(asked)?;
        theirs = theirs.min(Duration::from_secs_f64(answer()?.parse()?));
    }
    read();
    drop(asked);
    ensure!(child.wait()?.success(), "ONNX Runtime's side failed");
    println!("| what | pieces/s | baseline | pieces/s | ratio |\n|---|---|---|---|---|");
    report::row(&Row {
        what: "`neural`'s encoder, one core",
        rate: rate(pieces, ours),
        baseline: "ONNX Runtime in 8 bits, one core",
        baseline_rate: rate(pieces, theirs),
    });
    Ok(())
}

/// The windows, one a line, and the states that the network gives them, for the other to check its own by. How many pieces they have.
fn write(network: &Network, texts: &[Windows], folder: &Path) -> anyhow::Result<usize> {
    let mut windows = BufWriter::new(File::create(folder.join("windows.jsonl"))?);
    let mut states = BufWriter::new(File::create(folder.join("states.f32"))?);
    let mut pieces = 0;
    for text in texts {
        for rows in text.rows() {
            pieces += rows.len();
            writeln!(windows, "{}", serde_json::to_string(&rows)?)?;
        }
        for state in network.encode(text).iter().flatten() {
            states.write_all(&state.to_le_bytes())?;
        }
    }
    windows.flush()?;
    states.flush()?;
    Ok(pieces)
}
