//! Every case of `dates.toml` is read as it says.

use serde::Deserialize;
use time::Date;
use time::macros::format_description;

#[derive(Deserialize)]
struct Table {
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    published: Option<String>,
    cases: Vec<Vec<String>>,
}

#[test]
fn every_case_is_read_as_the_table_says() {
    let table: Table = toml::from_str(include_str!("dates.toml")).unwrap();
    let cases: usize = table.group.iter().map(|group| group.cases.len()).sum();
    assert!(cases >= 200, "only {cases} cases");
    let mut wrong = Vec::new();
    for group in &table.group {
        let published = group.published.as_ref().map(|day| Date::parse(day, format_description!("[year]-[month]-[day]")).unwrap());
        for case in &group.cases {
            let (text, expected) = case.split_first().unwrap();
            let found = read(text, published);
            if found != expected {
                wrong.push(format!("{text} ({published:?})\n    expected {expected:?}\n    found    {found:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cases} cases are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn read(text: &str, published: Option<Date>) -> Vec<String> {
    let tokens = language::tokens(text);
    let found = language::dates(&tokens, published);
    let told = found.iter().map(|found| {
        let (year, month, day) = (found.date.year(), u8::from(found.date.month()), found.date.day());
        let value = match found.precision {
            language::Precision::Day => format!("{year:04}-{month:02}-{day:02}"),
            language::Precision::Month => format!("{year:04}-{month:02}"),
            language::Precision::Year => format!("{year:04}"),
        };
        format!("{value} | {}", &text[tokens[found.tokens.start].start..tokens[found.tokens.end - 1].end])
    });
    told.collect()
}
