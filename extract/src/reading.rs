//! One text with all that `language` reads in it: what the stages look at.

use std::collections::HashSet;
use std::ops::Range;

use claims::{CodePoints, Quote, Span};
use language::{Name, Quotation, Sentence, Token};

/// A text, its tokens, and what each token belongs to.
pub(crate) struct Reading<'t> {
    pub(crate) text: &'t str,
    index: CodePoints<'t>,
    pub(crate) tokens: Vec<Token>,
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) quotations: Vec<Quotation>,
    pub(crate) names: Vec<Name>,
    quotation_of: Vec<Option<usize>>,
    name_of: Vec<Option<usize>>,
    sentence_of: Vec<usize>,
}

/// The names of a text, but not a first word of a sentence that stands in lower case elsewhere: "Prosecutors".
fn certain_names(tokens: &[Token], sentences: &[Sentence]) -> Vec<Name> {
    let common: HashSet<&str> = tokens.iter().filter(|token| !token.capital).map(|token| &*token.plain).collect();
    let first: HashSet<usize> = sentences.iter().map(|sentence| sentence.tokens.start).collect();
    let certain =
        |name: &Name| name.full.len() > 1 || !first.contains(&name.full.start) || !common.contains(&*tokens[name.full.start].plain);
    language::names(tokens).into_iter().filter(certain).collect()
}

impl<'t> Reading<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let tokens = language::tokens(text);
        let sentences = language::sentences(text, &tokens);
        let quotations = language::quotations(&tokens);
        let names = certain_names(&tokens, &sentences);
        let mut quotation_of = vec![None; tokens.len()];
        for (number, quotation) in quotations.iter().enumerate().filter(|(_, quotation)| quotation.depth == 0) {
            quotation_of[quotation.tokens.clone()].fill(Some(number));
        }
        let mut name_of = vec![None; tokens.len()];
        for (number, name) in names.iter().enumerate() {
            name_of[name.full.clone()].fill(Some(number));
        }
        let mut sentence_of = vec![0; tokens.len()];
        for (number, sentence) in sentences.iter().enumerate() {
            sentence_of[sentence.tokens.clone()].fill(number);
        }
        Self { text, index: CodePoints::new(text), tokens, sentences, quotations, names, quotation_of, name_of, sentence_of }
    }

    /// The outermost quotation that the token stands in, marks included.
    pub(crate) fn quotation(&self, token: usize) -> Option<&Quotation> {
        self.quotation_of.get(token).copied().flatten().map(|number| &self.quotations[number])
    }

    /// The name that the token is part of.
    pub(crate) fn name(&self, token: usize) -> Option<&Name> {
        self.name_of.get(token).copied().flatten().map(|number| &self.names[number])
    }

    /// The number of the sentence that the token stands in.
    pub(crate) fn sentence_number(&self, token: usize) -> usize {
        self.sentence_of.get(token).copied().unwrap_or_default()
    }

    /// The sentence that the token stands in.
    pub(crate) fn sentence(&self, token: usize) -> &Sentence {
        &self.sentences[self.sentence_number(token)]
    }

    /// The token at a place, if there is one.
    pub(crate) fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    /// Whether the token at a place has this plain form.
    pub(crate) fn is(&self, at: usize, plain: &str) -> bool {
        self.token(at).is_some_and(|token| token.is(plain))
    }

    /// The words of a range of tokens.
    pub(crate) fn words(&self, range: &Range<usize>) -> &'t str {
        if range.is_empty() { "" } else { &self.text[self.tokens[range.start].start..self.tokens[range.end - 1].end] }
    }

    /// The plain forms of a range of tokens, joined by one space.
    pub(crate) fn plain(&self, range: &Range<usize>) -> String {
        self.tokens[range.clone()].iter().map(|token| &*token.plain).collect::<Vec<_>>().join(" ")
    }

    /// Ranges of tokens as exact words with their places. Ranges are in order and apart, so this cannot fail but by a fault.
    pub(crate) fn quote(&self, ranges: &[Range<usize>]) -> Quote {
        let spans: Vec<Span> = ranges
            .iter()
            .filter(|range| !range.is_empty())
            .map(|range| self.index.span(self.tokens[range.start].start..self.tokens[range.end - 1].end))
            .collect();
        self.index.quote(&spans).unwrap_or_default()
    }
}
