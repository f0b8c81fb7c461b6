//! Help, version and wrong use.

use crate::harness::{gainsay, gainsay_with};

const COMMANDS: [&str; 14] = [
    "read",
    "demo",
    "serve",
    "add",
    "import",
    "extract",
    "search",
    "score",
    "key",
    "queue",
    "doctor",
    "reextract",
    "backup",
    "completions",
];

#[test]
fn help_names_every_command_and_each_has_examples() {
    let help = gainsay(&["--help"]).done();
    assert!(help.contains("Exit status: 0 done, 1 failed, 2 wrong use, 3 done in part"), "{help}");
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{command} in {help}");
        let of_command = gainsay(&[command, "--help"]).done();
        assert!(of_command.contains(&format!("Examples:\n  gainsay {command}")), "{of_command}");
        assert!(of_command.lines().all(|line| line.chars().count() <= 100 && !line.ends_with('\\')), "{of_command}");
    }
}

#[test]
fn wrong_use_ends_with_2_and_says_in_one_line_what_is_wrong() {
    for (arguments, word) in [
        (&["--no-such-flag"][..], "--no-such-flag"),
        (&["reed"], "reed"),
        (&["read"], "<FILE"),
        (&["read", "a.txt", "--format", "xml"], "xml"),
        (&["read", "a.txt", "--published", "yesterday"], "2024-11-11"),
        (&["search", "x", "--limit", "0"], "--limit"),
        (&["serve", "--listen", "nowhere"], "--listen"),
    ] {
        gainsay(arguments).failed(2, &[word, "--help"]);
    }
    assert_eq!(gainsay(&[]).status, 2);
    gainsay(&["search", "?!"]).failed(2, &["?!", "no word"]);
}

#[test]
fn a_bad_configuration_ends_with_2_and_names_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gainsay.toml");
    std::fs::write(&file, "[api]\nlisten = \"somewhere\"\n").unwrap();
    gainsay(&["serve", "--config", file.to_str().unwrap()]).failed(2, &["api.listen", "gainsay.toml"]);
    std::fs::write(&file, "[apis]\n").unwrap();
    gainsay_with(&["read", "-", "--config", file.to_str().unwrap()], b"Text.").failed(2, &["[apis]", "no such section"]);
    gainsay(&["serve", "--config", "/nowhere/gainsay.toml"]).failed(2, &["/nowhere/gainsay.toml"]);
}
