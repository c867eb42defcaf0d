//! The protocol against the client side of grammers, and against noise.

#![allow(clippy::unwrap_used)]

use grammers_crypto::{DequeBuffer, ObfuscatedCipher};
use grammers_mtproto::mtp::{Deserialization, Encrypted, Mtp};
use grammers_mtproto::transport::{self, Transport as _};
use grammers_tl_types::{self as tl, Serializable};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::crypto::CryptoError;
use super::*;

fn key() -> ServerKey {
    ServerKey::new(crate::seeded::Seeded::new(1).auth_key(1, 2))
}

fn from_client(client: &mut Encrypted, calls: &[Vec<u8>]) -> Vec<u8> {
    let mut buffer = DequeBuffer::with_capacity(1024, 64);
    for call in calls {
        client.push(&mut buffer, call).unwrap();
    }
    client.finalize(&mut buffer).unwrap();
    buffer[..].to_vec()
}

fn to_client(
    client: &mut Encrypted,
    session: &Session,
    messages: &[Outgoing],
) -> Vec<Deserialization> {
    let mut noise = StdRng::seed_from_u64(1);
    let mut packets = Vec::new();
    let mut sealer = Sealer { key: &key(), session, salt: 5, noise: &mut noise };
    sealer.seal(messages, |packet| packets.push(packet.to_vec()));
    packets.iter_mut().flat_map(|packet| client.deserialize(packet).unwrap()).collect()
}

#[test]
fn a_client_is_understood_and_understands() {
    let mut client = Encrypted::build().finish(*key().bytes());
    let ping = tl::functions::Ping { ping_id: 7 }.to_bytes();
    let config = tl::functions::help::GetConfig {}.to_bytes();
    let mut packet = from_client(&mut client, &[ping.clone(), config.clone()]);
    assert_eq!(packet[..8], key().id());

    let key = key();
    let plain = key.open(&mut packet).unwrap();
    let inbound = Inbound::parse(plain).unwrap();
    assert!(inbound.is_container());
    let requests = inbound.requests().unwrap();
    assert_eq!(requests[0].body[..], ping[..]);
    assert_eq!(requests[1].body[..], config[..]);
    assert_eq!((requests[0].seq_no, requests[1].seq_no), (1, 3));

    let (session, new) = Sessions::default().open(inbound.session_id);
    assert!(new);
    let answer = true.to_bytes();
    let long: Vec<u8> = vec![3; 9000];
    let outgoing = [
        Outgoing::result(requests[0].msg_id, &answer),
        Outgoing::result(requests[1].msg_id, &long),
    ];
    let got = to_client(&mut client, &session, &outgoing);
    let bodies: Vec<_> = got
        .into_iter()
        .map(|item| match item {
            Deserialization::RpcResult(result) => result.body,
            _ => panic!("only results were sent"),
        })
        .collect();
    assert_eq!(bodies, [answer, long]);
}

#[test]
fn a_compressed_call_is_unpacked() {
    let mut client = Encrypted::build().compression_threshold(Some(16)).finish(*key().bytes());
    let call =
        tl::functions::contacts::ResolveUsername { username: "a".repeat(4000), referer: None }
            .to_bytes();
    let mut packet = from_client(&mut client, std::slice::from_ref(&call));
    assert!(packet.len() < 1000);
    let key = key();
    let inbound = Inbound::parse(key.open(&mut packet).unwrap()).unwrap();
    assert_eq!(inbound.requests().unwrap()[0].body[..], call[..]);
}

#[test]
fn a_changed_byte_is_noticed() {
    let mut client = Encrypted::build().finish(*key().bytes());
    let ping = tl::functions::Ping { ping_id: 7 }.to_bytes();
    let packet = from_client(&mut client, &[ping]);
    for at in [8, 24, packet.len() - 1] {
        let mut changed = packet.clone();
        changed[at] ^= 1;
        assert_eq!(key().open(&mut changed), Err(CryptoError::MessageKey));
    }
    let mut short = packet[..packet.len() - 1].to_vec();
    assert_eq!(key().open(&mut short), Err(CryptoError::Length));
}

fn framed(transport: &mut dyn FnMut(&mut DequeBuffer<u8>), payload: &[u8]) -> Vec<u8> {
    let mut buffer = DequeBuffer::with_capacity(payload.len(), 64);
    buffer.extend(payload.iter().copied());
    transport(&mut buffer);
    buffer[..].to_vec()
}

/// Feeds two frames a few bytes at a time, and hands back an answer.
fn converse(stream: &[u8], payloads: [&[u8]; 2]) -> (Transport, Vec<u8>) {
    let mut server = Transport::new();
    let mut got = Vec::new();
    for piece in stream.chunks(5) {
        server.feed(piece);
        while let Some(payload) = server.next().unwrap() {
            got.push(payload.to_vec());
        }
    }
    assert_eq!(got, payloads);
    let mut out = Vec::new();
    server.pack(payloads[1], &mut out);
    (server, out)
}

#[test]
fn every_transport_of_the_client_is_told_apart() {
    let (small, large) = (vec![1; 64], vec![2; 4096]);
    let mut full = transport::Full::new();
    let mut stream = framed(&mut |b| full.pack(b), &small);
    stream.extend(framed(&mut |b| full.pack(b), &large));
    let (_, mut out) = converse(&stream, [&small, &large]);
    let found = transport::Full::new().unpack(&mut out).unwrap();
    assert_eq!(out[found.data_range], large);

    let mut abridged = transport::Abridged::new();
    let mut stream = framed(&mut |b| abridged.pack(b), &small);
    stream.extend(framed(&mut |b| abridged.pack(b), &large));
    let (_, mut out) = converse(&stream, [&small, &large]);
    let found = transport::Abridged::new().unpack(&mut out).unwrap();
    assert_eq!(out[found.data_range], large);

    let mut intermediate = transport::Intermediate::new();
    let mut stream = framed(&mut |b| intermediate.pack(b), &small);
    stream.extend(framed(&mut |b| intermediate.pack(b), &large));
    let (_, mut out) = converse(&stream, [&small, &large]);
    let found = transport::Intermediate::new().unpack(&mut out).unwrap();
    assert_eq!(out[found.data_range], large);
}

#[test]
fn a_tap_hears_what_a_client_says() {
    let mut client = Encrypted::build().finish(*key().bytes());
    let mut full = transport::Full::new();
    let calls = [1, 2, 3].map(|ping_id| tl::functions::Ping { ping_id }.to_bytes());
    let [mut first, mut second, mut third] = calls.each_ref().map(|call| {
        let packet = from_client(&mut client, std::slice::from_ref(call));
        framed(&mut |b| full.pack(b), &packet)
    });
    let other = crate::seeded::Seeded::new(1).auth_key(2, 2);
    let mut tap = Tap::new(&[other, *key().bytes()]);
    // The second packet comes in two pieces.
    let mut late = second.split_off(9);
    first.append(&mut second);
    assert_eq!(tap.feed(&first).unwrap(), [calls[0].clone()]);
    assert!(!tap.is_between());
    late.append(&mut third);
    assert_eq!(tap.feed(&late).unwrap(), [calls[1].clone(), calls[2].clone()]);
    assert!(tap.is_between());
    assert!(Tap::new(&[other]).feed(&first).is_err(), "another key");
}

#[test]
fn an_obfuscated_connection_is_read_and_answered() {
    let mut init = [0u8; 64];
    for (n, byte) in (1u8..).zip(init.iter_mut()) {
        *byte = n;
    }
    // The tag is at 56, encrypted with the client's own stream.
    let mut client = ObfuscatedCipher::new(&init);
    let mut encrypted = init;
    encrypted[56..60].copy_from_slice(&[0xef; 4]);
    client.encrypt(&mut encrypted);
    let mut stream = init.to_vec();
    stream[56..].copy_from_slice(&encrypted[56..]);
    let mut frames = vec![2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 4, 4, 4];
    client.encrypt(&mut frames);
    stream.extend(&frames);
    let (_, mut out) = converse(&stream, [&[1; 8], &[4; 4]]);
    client.decrypt(&mut out);
    assert_eq!(out, [1, 4, 4, 4, 4]);
}

#[test]
fn a_web_browser_is_turned_away() {
    let mut server = Transport::new();
    server.feed(b"GET / HTTP/1.1\r\n");
    assert!(server.next().is_err());
}

proptest! {
    #[test]
    fn noise_at_the_socket_never_panics(chunks in prop::collection::vec(
        prop::collection::vec(any::<u8>(), 0..200), 0..8), start in 0..5usize)
    {
        let mut server = Transport::new();
        let starts: [&[u8]; 5] = [&[0xef], &[0xee; 4], &[0xdd; 4], &[16, 0, 0, 0, 0, 0, 0, 0], &[]];
        server.feed(starts[start]);
        for chunk in &chunks {
            server.feed(chunk);
            while let Ok(Some(payload)) = server.next() {
                let _ = key().open(payload);
            }
        }
    }

    #[test]
    fn noise_inside_the_encryption_never_panics(plain in prop::collection::vec(any::<u8>(), 0..400),
        compressed in any::<bool>())
    {
        if let Ok(inbound) = Inbound::parse(&plain) {
            let _ = inbound.requests();
        }
        // The same with a well-formed envelope, so that the noise reaches containers and compression.
        let ids = if compressed { [0xa1, 0xcf, 0x72, 0x30] } else { [0xdc, 0xf8, 0xf1, 0x73] };
        let mut message = vec![0; 28];
        let mut body = ids.to_vec();
        body.extend(&plain);
        body.resize(body.len().next_multiple_of(4), 0);
        message.extend(i32::try_from(body.len()).unwrap().to_le_bytes());
        message.extend(&body);
        message.extend([0; 12]);
        let inbound = Inbound::parse(&message).unwrap();
        let _ = inbound.requests();
    }
}
