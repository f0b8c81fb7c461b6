//! `gainsay backup`: a copy that is a data folder, taken while others write.

use std::fs::{create_dir, write};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::harness::{NEWS, command, finish, gainsay, text};
use crate::import::{block_on, export, many, open};

#[test]
fn a_backup_is_a_data_folder_with_the_same_ledger_and_quarantine() {
    let home = tempfile::tempdir().unwrap();
    let (data, copy, news) = (home.path().join("data"), home.path().join("copy"), home.path().join("news.jsonl"));
    write(&news, NEWS).unwrap();
    gainsay(&["import", text(&news), "--data", text(&data), "--quiet"]).done();
    write(data.join("quarantine/T-x.json"), "{}").unwrap();
    let said = gainsay(&["backup", text(&copy), "--data", text(&data)]).done();
    assert!(said.contains("1 message set aside"), "{said}");
    assert!(export(&copy) == export(&data));
    assert_eq!(std::fs::read_to_string(copy.join("quarantine/T-x.json")).unwrap(), "{}");
    for (path, mode) in [(copy.clone(), 0o700), (copy.join("ledger.sqlite"), 0o600)] {
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
    gainsay(&["backup", text(&copy), "--data", text(&data)]).failed(1, &["is there already"]);
    gainsay(&["backup", text(&home.path().join("no/where")), "--data", text(&data)]).failed(1, &["no backup can be written"]);
    create_dir(home.path().join("empty")).unwrap();
    gainsay(&["backup", text(&home.path().join("other")), "--data", text(&home.path().join("empty"))]).failed(1, &["no ledger"]);
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 4, "nothing half done is left");
}

#[test]
fn a_backup_in_the_middle_of_an_import_is_whole() {
    let home = tempfile::tempdir().unwrap();
    let (data, news) = (home.path().join("data"), home.path().join("news.jsonl"));
    write(&news, many(60)).unwrap();
    let child = command(&["import", text(&news), "--data", text(&data), "--quiet"]).spawn().unwrap();
    while !data.join("ledger.sqlite").exists() || block_on(async { open(&data).await.ledger.counts().await.unwrap() }).articles < 50 {
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut articles = Vec::new();
    for number in 0..3 {
        let copy = home.path().join(format!("copy{number}"));
        gainsay(&["backup", text(&copy), "--data", text(&data)]).done();
        gainsay(&["doctor", "--data", text(&copy)]).done();
        articles.push(export(&copy).lines().count());
    }
    assert_eq!(finish(child).status, 0);
    assert!(articles.is_sorted() && articles[0] >= 50 && articles[0] < 1_080, "{articles:?}");
}
