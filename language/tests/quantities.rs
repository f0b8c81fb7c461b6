//! Every case of `quantities.toml` is read as it says.

use serde::Deserialize;

#[derive(Deserialize)]
struct Table {
    cases: Vec<Vec<String>>,
}

#[test]
fn every_case_is_read_as_the_table_says() {
    let table: Table = toml::from_str(include_str!("quantities.toml")).unwrap();
    let cases = table.cases.len();
    assert!(cases >= 200, "only {cases} cases");
    let mut wrong = Vec::new();
    for case in &table.cases {
        let (text, expected) = case.split_first().unwrap();
        let found = read(text);
        if found != expected {
            wrong.push(format!("{text}\n    expected {expected:?}\n    found    {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn read(text: &str) -> Vec<String> {
    let tokens = language::tokens(text);
    let cut = |range: &std::ops::Range<usize>| &text[tokens[range.start].start..tokens[range.end - 1].end];
    let told = language::quantities(&tokens).into_iter().map(|found| {
        let about = if found.approximate { "~" } else { "" };
        let value = (found.value * 1e4).round() / 1e4;
        let unit = found.unit.as_ref().map(|unit| format!(" {unit}")).unwrap_or_default();
        let of = found.of.as_ref().map(|of| format!(" of {}", cut(of))).unwrap_or_default();
        format!("{about}{value}{unit}{of} | {}", cut(&found.tokens))
    });
    told.collect()
}
