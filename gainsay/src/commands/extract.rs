//! `gainsay extract`: JSONL articles from standard input to their claims on standard output, in order, on all cores.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;

use ::extract::analyse;
use anyhow::bail;
use claims::{ArticleId, Claim, SkipReason};
use clap::Args;
use ingest::records::{Lines, Problem, RecordError, article_on};
use serde::Serialize;

use crate::cli::Globals;
use crate::outcome::{Done, complain};
use crate::output;

/// Lines that wait on either side of each core: enough that one long article does not idle the others.
const WINDOW: usize = 16;

/// The input, as errors name it.
const NAME: &str = "standard input";

const EXAMPLES: &str = "\
Examples:
  gainsay extract < articles.jsonl > claims.jsonl
  zcat archive.jsonl.gz | gainsay extract | jq '.claims[] | select(.stance == \"deny\")'

Each line in is an article: {\"id\": …, \"url\": …, \"publisher\": …, \"published_at\": …, \"title\": …, \
\"text\": …}, of which only text is required. Each line out is {\"article_id\": …, \"given_id\": …, \"claims\": […]}, \
in the same order, with \"skipped\": \"language\" where the article is not in English. A line that is no article is named \
on standard error and left out; the exit status is then 3.";

/// Reads articles from standard input (JSONL) and prints the claims of each, one line an article
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    /// How many cores to use [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    cores: Option<u16>,
}

/// Reads to the end of standard input.
pub fn run(globals: &Globals, arguments: &Arguments) -> anyhow::Result<Done> {
    let cores = arguments.cores.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    let lines = Lines::open(io::stdin()).map_err(|problem| RecordError { name: NAME.to_owned(), line: None, problem })?;
    let counts = extract_lines(lines, &mut output::plain(), cores)?;
    if !globals.quiet {
        let failed =
            if counts.failed > 0 { format!(", {} named above", output::counted(counts.failed, "bad line")) } else { String::new() };
        complain(&format!("{} read{failed}", output::counted(counts.read, "article")));
    }
    Ok(Done::of(counts.read, counts.failed))
}

/// One line out.
#[derive(Serialize)]
struct Extracted {
    article_id: ArticleId,
    given_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: Option<SkipReason>,
    claims: Vec<Claim>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    read: u64,
    failed: u64,
}

/// A numbered line, or why it could not be taken whole.
type Line = (u64, Result<Vec<u8>, Problem>);

/// An article's line out, or which line is none and why.
type Answer = Result<Vec<u8>, RecordError>;

/// Deals the lines of `input` to `cores` threads in turn and collects their answers in the same turn: order is kept
/// without a buffer, and no more than a window of lines is in memory.
fn extract_lines(input: Lines, out: &mut impl Write, cores: usize) -> anyhow::Result<Counts> {
    thread::scope(|scope| {
        let (mut lines, mut answers) = (Vec::new(), Vec::new());
        for _ in 0..cores {
            let (line_out, line_in) = sync_channel::<Line>(WINDOW);
            let (answer_out, answer_in) = sync_channel::<Answer>(WINDOW);
            scope.spawn(move || work(&line_in, &answer_out));
            lines.push(line_out);
            answers.push(answer_in);
        }
        let reader = scope.spawn(move || deal(input, &lines));
        let counts = collect(&answers, out);
        // On a failed write the receivers go first, so that nobody waits for us.
        drop(answers);
        let counts = counts?;
        if reader.join().is_err() {
            bail!("reading standard input broke off");
        }
        Ok(counts)
    })
}

fn deal(mut input: Lines, lines: &[SyncSender<Line>]) {
    for next in lines.iter().cycle() {
        let Some(line) = input.next_line() else { return };
        if next.send((input.line(), line)).is_err() {
            return;
        }
    }
}

fn work(lines: &Receiver<Line>, answers: &SyncSender<Answer>) {
    for (number, line) in lines {
        let fail = |problem| RecordError { name: NAME.to_owned(), line: Some(number), problem };
        let answer = line.and_then(|line| extract_one(&line)).map_err(fail);
        if answers.send(answer).is_err() {
            return;
        }
    }
}

fn extract_one(line: &[u8]) -> Result<Vec<u8>, Problem> {
    let article = article_on(line)?;
    let extraction = analyse(&article).into_extraction(article);
    let skipped = extraction.skipped();
    let claims = extraction.claims().to_vec();
    let extracted = Extracted { article_id: extraction.article.id(), given_id: extraction.article.given_id.clone(), skipped, claims };
    serde_json::to_vec(&extracted).map_err(|error| Problem::Json(error.to_string()))
}

fn collect(answers: &[Receiver<Answer>], out: &mut impl Write) -> anyhow::Result<Counts> {
    let mut counts = Counts { read: 0, failed: 0 };
    for next in answers.iter().cycle() {
        let answer = match next.try_recv() {
            Ok(answer) => answer,
            Err(TryRecvError::Disconnected) => break,
            // Whoever reads our output sees what is done while we wait for more.
            Err(TryRecvError::Empty) => {
                out.flush()?;
                let Ok(answer) = next.recv() else { break };
                answer
            }
        };
        match answer {
            Ok(line) => {
                out.write_all(&line)?;
                out.write_all(b"\n")?;
                counts.read += 1;
            }
            Err(error) => {
                complain(&error.to_string());
                counts.failed += 1;
            }
        }
    }
    out.flush()?;
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_kept_on_any_number_of_cores() {
        // Every seventh is long, so that the threads do not keep step.
        let text = |i: usize| "He said so. ".repeat(if i.is_multiple_of(7) { 80 } else { 1 });
        let lines: Vec<String> = (0..100).map(|i| format!("{{\"id\": \"{i}\", \"text\": \"{}\"}}\n\n", text(i))).collect();
        let input = lines.concat();
        let open = |text: &str| Lines::open(io::Cursor::new(text.to_owned())).unwrap();
        let run = |cores| {
            let mut out = Vec::new();
            assert_eq!(extract_lines(open(&input), &mut out, cores).unwrap(), Counts { read: 100, failed: 0 });
            out
        };
        let one = run(1);
        let ids: Vec<String> = one
            .split(|&b| b == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice::<serde_json::Value>(line).unwrap()["given_id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids, (0..100).map(|i| i.to_string()).collect::<Vec<_>>());
        assert_eq!(run(7), one);
    }

    #[test]
    fn bad_lines_are_counted_and_the_rest_goes_on() {
        let mut out = Vec::new();
        let input = b"{\"text\": \"Good.\"}\nnot json\n{\"text\": \"\"}\n\xff\xfe\n{\"text\": \"Good too.\"}";
        assert_eq!(extract_lines(Lines::open(&input[..]).unwrap(), &mut out, 2).unwrap(), Counts { read: 2, failed: 3 });
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 2);
    }

    #[test]
    fn a_closed_output_ends_it() {
        struct Closed;
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let input = &b"\n\n{\"text\": \"Good.\"}\n"[..];
        assert!(extract_lines(Lines::open(input).unwrap(), &mut Closed, 3).is_err());
    }
}
