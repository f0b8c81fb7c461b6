//! Shell completions.

use std::process::Command;

use crate::harness::{gainsay, gainsay_with};

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = gainsay(&["completions", shell]).done();
        for command in ["read", "import", "extract"] {
            assert!(script.contains(command), "{shell} has no {command}");
        }
    }
    assert_eq!(gainsay_with(&["completions", "tcsh"], b"").status, 2);
}

#[test]
fn the_completions_for_bash_are_a_script_that_bash_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gainsay.bash");
    std::fs::write(&path, gainsay(&["completions", "bash"]).done()).unwrap();
    assert!(Command::new("bash").arg("-n").arg(&path).status().unwrap().success());
}
