//! What a client may send to the simulator: transport, envelope, containers, wrappers, calls.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tg_fuzz::pick;
use tg_sim::fuzzing::{Wire, calls, envelope};

#[derive(Clone, Copy)]
enum Layer {
    Socket,
    Envelope,
    Call,
}

fuzz_target!(|data: &[u8]| {
    let Some((layer, rest)) = pick(data, &[Layer::Socket, Layer::Envelope, Layer::Call]) else {
        return;
    };
    match layer {
        Layer::Envelope => {
            envelope(rest);
        }
        Layer::Call => {
            calls(rest);
        }
        Layer::Socket => {
            // Where the bytes are cut does not change what they say.
            let Some((step, rest)) = pick(rest, &[1, 7, 64, 1024]) else { return };
            let mut dripped = Wire::new();
            let mut frames = Vec::new();
            let mut failed = false;
            for piece in rest.chunks(step) {
                match dripped.feed(piece) {
                    Ok(more) => frames.extend(more),
                    Err(_) => {
                        failed = true;
                        break;
                    }
                }
            }
            match Wire::new().feed(rest) {
                Ok(whole) => assert!(!failed && whole == frames),
                Err(_) => assert!(failed),
            }
            frames.iter().for_each(|frame| {
                envelope(frame);
            });
        }
    }
});
