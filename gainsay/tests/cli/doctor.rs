//! `gainsay doctor` on data folders that are broken in one way or the other.

use std::fs::{OpenOptions, Permissions, copy, set_permissions, write};
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::harness::{Run, finish, gainsay, json, ledger, text};

fn doctor(data: &Path) -> Run {
    gainsay(&["doctor", "--data", text(data)])
}

/// What was found wrong: part and finding, each with something to do.
fn wrong(run: &Run) -> Vec<String> {
    let report = json(&run.stdout);
    let wrong = report["findings"].as_array().unwrap().iter().filter(|finding| finding["state"] == "wrong");
    let line = |finding: &serde_json::Value| {
        assert!(finding["to_do"].as_str().is_some_and(|to_do| !to_do.is_empty()), "{finding}");
        format!("{}: {}", finding["part"].as_str().unwrap(), finding["found"].as_str().unwrap())
    };
    wrong.map(line).collect()
}

#[test]
fn a_sound_folder_is_well_and_stays_as_it_is() {
    let data = ledger();
    let before = std::fs::read(data.path().join("ledger.sqlite")).unwrap();
    let run = doctor(data.path());
    assert_eq!((run.status, wrong(&run)), (0, vec![]), "{run:?}");
    let report = json(&run.stdout);
    assert_eq!(report["state"], "ok", "{report:#}");
    let found =
        |part: &str| report["findings"].as_array().unwrap().iter().find(|finding| finding["part"] == part).unwrap()["found"].clone();
    assert_eq!(found("ledger"), "18 articles, read by gainsay 0.1.0");
    assert_eq!(found("quarantine"), "nothing is set aside");
    assert!(std::fs::read(data.path().join("ledger.sqlite")).unwrap() == before, "nothing is changed");
    let table = gainsay(&["doctor", "--data", text(data.path()), "--format", "table"]).done();
    assert!(table.lines().all(|line| line.chars().count() <= 80) && table.contains("migrations"), "{table}");
}

#[test]
fn a_folder_without_a_ledger_is_told_of_and_none_is_made() {
    let data = tempfile::tempdir().unwrap();
    let run = doctor(data.path());
    assert_eq!(run.status, 1);
    assert!(wrong(&run)[0].starts_with("database: there is no ledger in"), "{run:?}");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

#[test]
fn a_damaged_file_is_told_of() {
    let (used, home) = (ledger(), tempfile::tempdir().unwrap());
    // A backup has no write-ahead log that would hide the damage.
    let data = home.path().join("copy");
    gainsay(&["backup", text(&data), "--data", text(used.path())]).done();
    assert_eq!(doctor(&data).status, 0);
    let path = data.join("ledger.sqlite");
    let mut file = OpenOptions::new().write(true).open(&path).unwrap();
    let length = file.metadata().unwrap().len();
    // Pages in the middle, as a failing disk does.
    file.seek(SeekFrom::Start(length / 3)).unwrap();
    file.write_all(&vec![0xa5; usize::try_from(length / 3).unwrap()]).unwrap();
    let run = doctor(&data);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(wrong(&run).iter().any(|line| line.starts_with("database: ")), "{run:?}");
    write(&path, "These are my notes, and they are no database at all.".repeat(100)).unwrap();
    let run = doctor(&data);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(wrong(&run)[0].contains("not a SQLite database"), "{run:?}");
}

#[test]
fn a_configuration_that_is_none_is_told_of_and_one_that_is_open_is_warned_of() {
    let data = ledger();
    let file = data.path().join("gainsay.toml");
    write(&file, "[api]\nlisten = \"somewhere\"\n").unwrap();
    let run = gainsay(&["doctor", "--data", text(data.path()), "--config", text(&file)]);
    assert_eq!(run.status, 1, "{run:?}");
    assert!(wrong(&run)[0].starts_with("configuration: api.listen"), "{run:?}");
    write(&file, "[api]\nlisten = \"0.0.0.0:8080\"\n").unwrap();
    let run = gainsay(&["doctor", "--data", text(data.path()), "--config", text(&file)]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(run.stdout.contains("0.0.0.0:8080, beyond this machine, and has no keys file"), "{run:?}");
}

#[test]
fn what_is_set_aside_is_warned_of() {
    let data = ledger();
    let folder = data.path().join("quarantine");
    write(folder.join("broken.json"), "{").unwrap();
    let run = doctor(data.path());
    assert_eq!(run.status, 1, "{run:?}");
    assert!(wrong(&run)[0].contains("broken.json"), "{run:?}");
}

/// Root may write anywhere, so a copy of the binary runs as somebody else.
#[test]
fn a_folder_that_may_not_be_written_is_told_of() {
    let data = ledger();
    let binary = data.path().join("gainsay");
    copy(env!("CARGO_BIN_EXE_gainsay"), &binary).unwrap();
    let open = |path: &Path, mode| set_permissions(path, Permissions::from_mode(mode)).unwrap();
    open(&binary, 0o755);
    open(&data.path().join("ledger.sqlite"), 0o444);
    open(data.path(), 0o555);
    open(&data.path().join("quarantine"), 0o555);
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut run = Command::new(&binary);
    run.args(["doctor", "--data", text(data.path())]).env("HOME", "/").current_dir("/").stdin(std::process::Stdio::null());
    run.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    if root {
        run.uid(65_534).gid(65_534);
    }
    let run = finish(run.spawn().unwrap());
    open(data.path(), 0o755);
    assert_eq!(run.status, 1, "{run:?}");
    let wrong = wrong(&run);
    assert!(wrong.iter().any(|line| line.contains("the file may not be written")), "{wrong:?}");
    assert!(wrong.iter().any(|line| line.contains("the data folder") && line.contains("may not be written")), "{wrong:?}");
}
