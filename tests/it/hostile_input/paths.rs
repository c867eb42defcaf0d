//! Paths: where results are written, and where a home lies.

use crate::world::World;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, symlink};
use std::process::Command;

fn world() -> World {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    fs::write(world.path("list.csv"), "username\nanna_1\n!\n").unwrap();
    world.tg(&["audience", "import", "friends", "list.csv", "--consent", "c"]).ok();
    world
}

#[test]
fn a_result_goes_through_a_pipe_and_a_device_stays_a_device() {
    let world = world();
    let pipe = world.path("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            let mut text = String::new();
            File::open(pipe).unwrap().read_to_string(&mut text).unwrap();
            text
        }
    });
    world.tg(&["audience", "export", "friends", "--to", "pipe"]).ok();
    assert!(reader.join().unwrap().contains("anna_1"));
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo(), "the pipe is still one");
    symlink("/dev/null", world.path("null")).unwrap();
    let args = ["audience", "import", "friends", "list.csv", "--consent", "c", "--rejects", "null"];
    let done = world.tg_json(&args).ok().json();
    assert_eq!(done["rejected"], 1);
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    assert!(fs::symlink_metadata(world.path("null")).unwrap().is_symlink());
}

#[test]
fn a_file_that_could_not_be_named_on_a_screen_is_not_written() {
    let world = world();
    for name in ["a\u{1b}[2Jb.csv", "gpj.\u{202E}vsc", "two\nlines"] {
        let said = world.tg(&["audience", "export", "friends", "--to", name]).fails(1);
        assert!(said.err.contains("cannot be shown"), "{}", said.err);
        assert!(!said.err.contains(['\u{1b}', '\u{202E}']), "{:?}", said.err);
        assert!(!world.path(name).exists());
    }
}

#[test]
fn a_home_whose_files_are_links_is_not_used() {
    let world = world();
    let home = world.home();
    for name in ["tg.db", "run.lock", "claims.mark"] {
        let (file, aside) = (home.join(name), world.path("aside"));
        let there = file.exists();
        if there {
            fs::rename(&file, &aside).unwrap();
        }
        symlink(&aside, &file).unwrap();
        let said = world.tg(&["account", "list"]).fails(4);
        assert!(said.err.contains(name) && said.err.contains("link"), "{}", said.err);
        world.tg(&["run", "--until-idle"]).fails(4);
        fs::remove_file(&file).unwrap();
        if there {
            fs::rename(&aside, &file).unwrap();
        }
    }
    world.tg(&["account", "list"]).ok();
    // The folder as a whole may be one: it is still one home with one lock.
    symlink(&home, world.path("by-link")).unwrap();
    world.tg(&["--home", "by-link", "account", "list"]).ok();
}
