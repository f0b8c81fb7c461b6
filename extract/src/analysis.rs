//! From an article to its claims: the stages in their order.

use claims::{Article, Claim, ClaimData, Extraction, Outcome, Part, SkipReason};

use crate::assemble::Explained;
use crate::directory::Directory;
use crate::explain::Step;
use crate::reading::Reading;
use crate::{assemble, headline, network};

/// This extractor and its version, as each claim carries it.
pub const EXTRACTOR: &str = concat!("gainsay ", env!("CARGO_PKG_VERSION"));

/// The language that is read.
const ENGLISH: &str = "en";

/// What reading one article gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// ISO 639-1 code of the language, as the article says or as detected.
    pub language: String,
    /// Its claims in the order of the article, title first; or why it was not read.
    pub outcome: Outcome,
}

impl Analysis {
    /// The article together with what was made of it, as the ledger takes it.
    pub fn into_extraction(self, article: Article) -> Extraction {
        Extraction { article: article.in_language(&self.language), outcome: self.outcome, extractor: EXTRACTOR.to_owned() }
    }
}

/// Reads an article: its language, and its claims where that is English.
///
/// Pure: no clock, network, disk or async runtime; the same article gives the same analysis, bit for bit, in time
/// linear in the length of its text. Never panics; a build with debug assertions does where a stage is at fault.
pub fn analyse(article: &Article) -> Analysis {
    let language = language_of(article);
    if language != ENGLISH {
        return Analysis { language, outcome: Outcome::Skipped(SkipReason::Language) };
    }
    let (claims, dropped) = checked(article, read(article).into_iter().map(|(data, _)| data).collect());
    debug_assert_eq!(dropped, 0, "a stage gave a claim whose words are not the article's");
    Analysis { language, outcome: Outcome::Claims(claims) }
}

/// The claims of an article in English, as [`analyse`] finds them, each with what every stage decided and why.
pub fn explain(article: &Article) -> Vec<(Claim, Vec<Step>)> {
    read(article).into_iter().filter_map(|(data, steps)| Some((Claim::new(article, data).ok()?, steps))).collect()
}

/// The language that the article declares, else the one detected; a text too short to tell counts as English.
fn language_of(article: &Article) -> String {
    let declared = article.language.as_deref().and_then(|declared| declared.trim().split(['-', '_']).next()).map(str::to_lowercase);
    declared.filter(|code| !code.is_empty()).unwrap_or_else(|| language::detect(&article.text).unwrap_or(ENGLISH).to_owned())
}

/// All stages over the title and the text.
fn read(article: &Article) -> Vec<Explained> {
    let text = Reading::new(&article.text);
    let directory = Directory::new(&text);
    let mut found = Vec::new();
    if let Some(title) = &article.title {
        let title = Reading::new(title);
        let mut attributions = network::attributions(&title);
        attributions.extend(headline::attribution(&title, &directory).filter(|_| attributions.is_empty()));
        found.extend(assemble::claims(article, Part::Title, &title, &directory, &attributions));
    }
    found.extend(assemble::claims(article, Part::Text, &text, &directory, &network::attributions(&text)));
    found
}

/// The claims that stand in the article as they say, and how many did not: none, or a stage is at fault.
fn checked(article: &Article, data: Vec<ClaimData>) -> (Vec<Claim>, usize) {
    let count = data.len();
    // One index serves all; only where a claim is at fault is each looked at alone.
    let claims =
        Claim::all(article, data.clone()).unwrap_or_else(|_| data.into_iter().filter_map(|data| Claim::new(article, data).ok()).collect());
    let dropped = count - claims.len();
    (claims, dropped)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use claims::ArticleForm;
    use proptest::prelude::*;

    use super::*;

    fn article(text: &str) -> Article {
        Article::new(ArticleForm { text: text.to_owned(), language: Some("en".into()), ..ArticleForm::default() }).unwrap()
    }

    fn dropped(text: &str) -> usize {
        let titled = ArticleForm { text: text.to_owned(), title: Some(text.chars().take(300).collect()), ..ArticleForm::default() };
        Article::new(titled).map_or(0, |article| checked(&article, read(&article).into_iter().map(|(data, _)| data).collect()).1)
    }

    #[test]
    fn the_declared_language_wins_and_a_short_text_is_english() {
        let with = |text: &str, language: Option<&str>| {
            let form = ArticleForm { text: text.to_owned(), language: language.map(str::to_owned), ..ArticleForm::default() };
            analyse(&Article::new(form).unwrap())
        };
        let german = "Der Minister sagte am Dienstag, die Gespräche seien gescheitert.";
        assert_eq!(with(german, None), Analysis { language: "de".into(), outcome: Outcome::Skipped(SkipReason::Language) });
        assert_eq!(with("He said so.", Some("en-US")).language, "en");
        assert_eq!(with("He said so.", Some("FR")).outcome, Outcome::Skipped(SkipReason::Language));
        assert_eq!(with("Ja.", None).language, "en");
    }

    /// Pieces that make the stages work: cues, marks of all sorts, odd characters, line ends.
    fn news() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "said",
            " said ",
            "“",
            "”",
            "\"",
            "'",
            "’",
            "‘",
            "«",
            "»",
            ",",
            ".",
            "?",
            "!",
            ":",
            ";",
            "\n",
            "\n\n",
            " ",
            " ",
            " that ",
            " the minister",
            " Dmitry Peskov",
            " who ",
            "according to ",
            " reports of ",
            " denied ",
            " declined to comment",
            " on Monday",
            " he ",
            "He ",
            " told reporters ",
            " and ",
            " but ",
            "…",
            " — ",
            "(",
            ")",
            "10,000 men",
            "🙂",
            "é",
            "e\u{301}",
            "\u{200d}",
            "\u{feff}",
            "İ",
            "ß",
            "ﬁ",
            "\u{202e}",
            "reportedly ",
            "calling ",
            "it ",
            "a lie",
            "U.S.",
            "Mr. ",
            "$3.5m",
            " allegedly ",
        ]);
        prop::collection::vec(pieces, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn no_claim_is_ever_dropped(text in news()) {
            prop_assert_eq!(dropped(&text), 0);
        }

        #[test]
        fn any_characters_are_taken(text in "\\PC{0,200}") {
            prop_assert_eq!(dropped(&text), 0);
        }

        #[test]
        fn the_same_article_gives_the_same_analysis(text in news()) {
            if let Ok(article) = Article::new(ArticleForm { text, ..ArticleForm::default() }) {
                prop_assert_eq!(analyse(&article), analyse(&article));
            }
        }
    }

    #[test]
    fn time_is_linear_whatever_the_text() {
        let hostile = [
            "word ",
            "\"",
            "“",
            "'a ",
            "He said ",
            "“A,” he said. “B.”\n",
            "“No.”\n",
            "according to Al, ",
            "said ",
            "a",
            "the man, ",
            "A B ",
        ];
        for piece in hostile {
            let time = |repeats: usize| {
                let article = article(&piece.repeat(repeats));
                let start = Instant::now();
                let analysis = analyse(&article);
                assert!(matches!(analysis.outcome, Outcome::Claims(_)));
                start.elapsed()
            };
            let (short, long) = (time(2_000 / piece.len()), time(20_000 / piece.len()));
            // Ten times the text may take ten times as long and some more, never a hundred times.
            assert!(long < short * 40 + Duration::from_millis(500), "{piece:?}: {short:?}, then {long:?}");
        }
    }
}
