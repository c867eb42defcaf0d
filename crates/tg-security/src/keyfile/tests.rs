//! What a key file may be, and what each fault is called.
#![allow(clippy::unwrap_used)]

use super::*;
use secrecy::SecretString;
use std::fs;
use std::path::{Path, PathBuf};

fn create(path: &Path) -> Result<MasterKey, KeyError> {
    let key = MasterKey::generate(1)?;
    KeyLine::plain(&key).write_new(path)?;
    Ok(key)
}

fn open(file: KeyFile, passphrase: &str) -> Result<MasterKey, KeyError> {
    file.open(|_| Ok(SecretString::from(passphrase)))
}

fn load(path: &Path) -> Result<MasterKey, KeyError> {
    open(KeyFile::load(path)?, "")
}

fn put(folder: &Path, content: &[u8], mode: u32) -> PathBuf {
    let path = folder.join("master.key");
    fs::write(&path, content).unwrap();
    set_mode(&path, mode);
    path
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn what_is_created_is_read_back_and_private() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let made = create(&path).unwrap();
    let read = load(&path).unwrap();
    assert_eq!(made.expose(), read.expose());
    assert_eq!(read.version(), 1);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("tg-master-key/1:") && text.ends_with('\n'));
    assert!(!format!("{made:?}").contains(text[16..].trim()));
}

#[test]
fn a_key_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let first = create(&path).unwrap();
    assert!(matches!(create(&path), Err(KeyError::Exists(_))));
    assert_eq!(load(&path).unwrap().expose(), first.expose());
    let dangling = folder.path().join("link");
    std::os::unix::fs::symlink(folder.path().join("nowhere"), &dangling).unwrap();
    assert!(matches!(create(&dangling), Err(KeyError::Exists(_))));
}

#[test]
fn a_later_version_survives_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let key = MasterKey::generate(7).unwrap();
    KeyLine::plain(&key).write_new(&path).unwrap();
    assert_eq!(load(&path).unwrap().version(), 7);
}

#[test]
fn each_fault_has_its_own_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    assert!(matches!(load(&path), Err(KeyError::Missing(_))));
    assert!(matches!(load(folder.path()), Err(KeyError::NotAFile(_))));
    assert!(matches!(
        create(&folder.path().join("no/such/master.key")),
        Err(KeyError::Io { doing: "write", .. })
    ));
    let good = format!("tg-master-key/1:{}\n", "ab".repeat(32));
    for mode in [0o640, 0o604, 0o660, 0o777] {
        let path = put(folder.path(), good.as_bytes(), mode);
        let error = load(&path).unwrap_err();
        assert!(matches!(error, KeyError::Exposed { mode: m, .. } if m == mode), "{error}");
    }
    put(folder.path(), good.as_bytes(), 0o400);
    assert!(load(&path).is_ok());
}

#[test]
fn what_is_no_key_is_refused_without_being_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let digits = "ab".repeat(32);
    for (content, says) in [
        (String::new(), "empty"),
        (format!("{digits}\n"), "does not begin"),
        (format!("tg-master-key/{digits}\n"), "no \":\""),
        (format!("tg-master-key/0:{digits}\n"), "version"),
        (format!("tg-master-key/+1:{digits}\n"), "version"),
        (format!("tg-master-key/99999999999:{digits}\n"), "version"),
        (format!("tg-master-key/1:{}\n", &digits[2..]), "64 hex"),
        (format!("tg-master-key/1:{digits}ab\n"), "64 hex"),
        (format!("tg-master-key/1:{digits}\n\n"), "64 hex"),
        (format!("tg-master-key/1:{}zz\n", &digits[2..]), "not hex"),
        (format!("tg-master-key/1:{}\n", "00".repeat(32)), "zeroes"),
        ("x".repeat(1_000_000), "too long"),
        (format!("tg-master-key/1:argon2id:{digits}"), "not understood"),
        (
            format!(
                "tg-master-key/1:argon2id:9999999999:3:4:{}:{}",
                &digits[32..],
                "ab".repeat(60)
            ),
            "cost",
        ),
        (format!("tg-master-key/1:argon2id:8:1:1:{}:{}", &digits[2..], "ab".repeat(60)), "salt"),
        (format!("tg-master-key/1:argon2id:8:1:1:{}:abab", &digits[32..]), "sealed key"),
    ] {
        let path = put(folder.path(), content.as_bytes(), 0o600);
        let error = load(&path).unwrap_err().to_string();
        assert!(error.contains(says), "{error} should say {says}");
        assert!(!error.contains("abab"), "{error}");
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn environment_values() {
    let digits = "cd".repeat(32);
    let key = MasterKey::from_env_value("TG_MASTER_KEY", &format!(" {digits}\n")).unwrap();
    assert_eq!((key.version(), key.expose()), (1, &[0xcd; 32]));
    let line = format!("tg-master-key/3:{digits}");
    assert_eq!(MasterKey::from_env_value("TG_MASTER_KEY", &line).unwrap().version(), 3);
    let error = MasterKey::from_env_value("TG_MASTER_KEY", "secret").unwrap_err().to_string();
    assert!(error.contains("TG_MASTER_KEY") && !error.contains("secret"), "{error}");
}

const PHRASE: &str = "correct horse battery staple";

/// A key under [`PHRASE`], and its file.
fn locked(folder: &Path, version: u32) -> (MasterKey, PathBuf) {
    let (key, path) = (MasterKey::generate(version).unwrap(), folder.join("locked.key"));
    let line = KeyLine::wrapped(&key, &SecretString::from(PHRASE), Cost::LEAST).unwrap();
    assert_eq!(format!("{line:?}"), "KeyLine([redacted])");
    line.write_new(&path).unwrap();
    (key, path)
}

#[test]
fn a_passphrase_opens_its_key_and_no_other_does() {
    let folder = tempfile::tempdir().unwrap();
    let (key, path) = locked(folder.path(), 3);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("tg-master-key/3:argon2id:8:1:1:"), "{text}");
    assert!(!text.contains(&hex::encode(key.expose())));
    let file = KeyFile::load(&path).unwrap();
    assert_eq!((file.version(), file.cost()), (3, Some(Cost::LEAST)));
    assert_eq!(open(file, PHRASE).unwrap().expose(), key.expose());
    for wrong in ["", "correct horse battery stapl", &"x".repeat(5_000)] {
        let error = open(KeyFile::load(&path).unwrap(), wrong).unwrap_err();
        assert!(matches!(error, KeyError::WrongPassphrase { .. }), "{error}");
    }
    let error = MasterKey::from_env_value("TG_MASTER_KEY", &text).unwrap_err();
    assert!(matches!(error, KeyError::Locked { .. }), "{error}");
}

#[test]
fn cost_salt_and_version_are_bound_to_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let (_, path) = locked(folder.path(), 1);
    let text = fs::read_to_string(&path).unwrap();
    let salt = text.split(':').nth(5).unwrap().to_owned();
    let turned: String = salt.chars().rev().collect();
    for altered in [
        text.replacen("argon2id:8:1:1", "argon2id:8:2:1", 1),
        text.replacen("argon2id:8:1:1", "argon2id:16:1:1", 1),
        text.replacen("tg-master-key/1", "tg-master-key/2", 1),
        text.replacen(&salt, &turned, 1),
    ] {
        fs::write(&path, altered).unwrap();
        let error = open(KeyFile::load(&path).unwrap(), PHRASE).unwrap_err();
        assert!(matches!(error, KeyError::WrongPassphrase { .. }), "{error}");
    }
}

#[test]
fn a_cost_is_never_lowered() {
    let raised = Cost::LEAST.raised(Cost::NOW);
    assert_eq!((raised, Cost::NOW.raised(Cost::LEAST)), (Cost::NOW, Cost::NOW));
}

#[test]
fn a_short_passphrase_is_not_taken() {
    assert!(check_passphrase(&SecretString::from(PHRASE)).is_ok());
    for weak in ["", "12345678901", &"x".repeat(2_000)] {
        assert!(check_passphrase(&SecretString::from(weak)).is_err());
    }
}
