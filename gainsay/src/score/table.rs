//! The figures as lines of text for people.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};

use super::figures::{ByRole, Figures, Linked, Prf};
use super::labels::{Accuracy, Labels, OfLabel};

/// Writes all figures, shares in percent.
pub fn write(out: &mut impl Write, figures: &Figures) -> io::Result<()> {
    writeln!(out, "{} articles, {} annotated, {} predicted", figures.articles, figures.gold, figures.predicted)?;
    write_roles(out, "exact", &figures.exact)?;
    write_roles(out, "characters", &figures.characters)?;
    write_linked(out, "0.5", &figures.linked.half)?;
    write_linked(out, "0.8", &figures.linked.most)?;
    write_labels(out, &figures.labels)?;
    write_breakdown(out, "act", &figures.breakdown.by_act)?;
    write_breakdown(out, "quotation", &figures.breakdown.by_quotation)
}

fn write_roles(out: &mut impl Write, group: &str, of: &ByRole) -> io::Result<()> {
    for (role, prf) in [("source", of.source), ("cue", of.cue), ("content", of.content)] {
        writeln!(out, "{group:11} {role:15} {}", three(prf))?;
    }
    Ok(())
}

fn write_linked(out: &mut impl Write, at_least: &str, of: &Linked) -> io::Result<()> {
    for (agreeing, prf) in [("content", of.content), ("content+source", of.source), ("all", of.all)] {
        writeln!(out, "linked >={at_least} {agreeing:15} {}", three(prf))?;
    }
    Ok(())
}

fn three(prf: Prf) -> String {
    format!("P {:5.1}  R {:5.1}  F1 {:5.1}", 100.0 * prf.p, 100.0 * prf.r, 100.0 * prf.f1)
}

fn write_labels(out: &mut impl Write, labels: &Labels) -> io::Result<()> {
    let rows = [
        ("act", labels.act),
        ("kind", labels.kind),
        ("quotation", labels.quotation),
        ("who", labels.who),
        ("who, alike", labels.who_alike),
    ];
    if rows.iter().all(|(_, accuracy)| accuracy.is_none()) {
        return Ok(());
    }
    writeln!(out, "\nright, of {} linked >=0.5 by content+source", labels.linked)?;
    for (label, Accuracy { right, of, share }) in rows.into_iter().filter_map(|(label, accuracy)| Some((label, accuracy?))) {
        writeln!(out, "{label:11} {:5.1}  {right} of {of}", 100.0 * share)?;
    }
    Ok(())
}

fn write_breakdown<L: Display>(out: &mut impl Write, label: &str, figures: &BTreeMap<L, OfLabel>) -> io::Result<()> {
    if figures.is_empty() {
        return Ok(());
    }
    let of_linked = format!("{label} of those linked");
    writeln!(out, "\n{:11} {:>9} {:>9}   {:19}   {of_linked}", "", "", "", "linked")?;
    writeln!(
        out,
        "{label:11} {:>9} {:>9}   {:>5}  {:>5}  {:>5}   {:>5}  {:>5}  {:>5}",
        "annotated", "predicted", "P", "R", "F1", "P", "R", "F1"
    )?;
    for (value, of) in figures {
        let predicted = of.predicted.map_or_else(|| "–".to_owned(), |count| count.to_string());
        let [p, f1] = [of.precision, of.f1].map(percent);
        let [label_p, label_r, label_f1] =
            [of.label.map(|label| label.p), of.label.map(|label| label.r), of.label.map(|label| label.f1)].map(percent);
        writeln!(
            out,
            "{value:11} {:>9} {predicted:>9}   {p}  {:5.1}  {f1}   {label_p}  {label_r}  {label_f1}",
            of.gold,
            100.0 * of.recall
        )?;
    }
    Ok(())
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| format!("{:>5}", "–"), |share| format!("{:5.1}", 100.0 * share))
}
