//! Text to tokens, sentences, quotation marks, names, dates and quantities. Pure; knows nothing of claims.
