//! Lists that are no finished file: pipes, and files that somebody still writes.

use crate::world::{World, said, wait_until};
use std::fs::{self, File};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

const LIST: &[u8] = b"username,phone\nanna_1,+4915112345678\n,12\n";

fn world() -> World {
    let world = World::new(1, 1);
    world.tg(&["init"]).ok();
    world
}

#[test]
fn a_pipe_is_read_under_every_name_that_it_has() {
    let world = world();
    for (n, name) in ["-", "/dev/stdin"].into_iter().enumerate() {
        let audience = format!("list-{n}");
        let mut command = world.command(&["audience", "import", &audience, name, "--consent", "c"]);
        let piped = command.args(["--output", "json"]).stdin(Stdio::piped());
        let mut child = piped.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(LIST).unwrap();
        let done = said(child.wait_with_output().unwrap()).ok().json();
        assert_eq!((&done["rows"], &done["rejected"]), (&2.into(), &1.into()), "{done}");
        assert_eq!(done["rejects_file"], "stdin.rejects.csv", "beside the operator, not in /dev");
        fs::remove_file(world.path("stdin.rejects.csv")).unwrap();
    }
}

#[test]
fn a_named_pipe_is_read_to_its_end() {
    let world = world();
    let path = world.path("pipe.csv");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    let writer = std::thread::spawn({
        let path = path.clone();
        move || File::options().write(true).open(path).unwrap().write_all(LIST).unwrap()
    });
    let done =
        world.tg_json(&["audience", "import", "friends", "pipe.csv", "--consent", "c"]).ok().json();
    writer.join().unwrap();
    assert_eq!((&done["rows"], &done["rejects_file"]), (&2.into(), &"pipe.csv.rejects.csv".into()));
}

#[test]
fn a_file_that_grows_while_it_is_read_is_not_believed_to_the_end() {
    let world = world();
    let path = world.path("list.csv");
    let mut list = b"username\n".to_vec();
    (0..3_000).for_each(|n| list.extend(format!("person_{n}\n").into_bytes()));
    fs::write(&path, &list).unwrap();
    // Half a name at a time, from before the import begins until it has ended.
    let (ended, grown) = (AtomicBool::new(false), AtomicBool::new(false));
    let said = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut file = File::options().append(true).open(&path).unwrap();
            while !ended.load(Ordering::Relaxed) {
                file.write_all(b"half_of_a_na").unwrap();
                grown.store(true, Ordering::Relaxed);
            }
        });
        wait_until("the file grows", || grown.load(Ordering::Relaxed));
        let said = world.tg(&["audience", "import", "friends", "list.csv", "--consent", "c"]);
        ended.store(true, Ordering::Relaxed);
        said
    });
    let said = said.fails(1);
    assert!(said.err.contains("changed while it was read"), "{}", said.err);
    // The people before that are people; nobody was made of half a row.
    let people = world.tg_json(&["audience", "export", "friends"]);
    assert!(!people.out.contains("half"), "{}", people.out);
    fs::write(&path, &list).unwrap();
    let done =
        world.tg_json(&["audience", "import", "friends", "list.csv", "--consent", "c"]).ok().json();
    assert_eq!((&done["rows"], &done["rejected"]), (&3_000.into(), &0.into()), "{done}");
}
