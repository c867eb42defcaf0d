//! Sockets that speak no sense.

use grammers_tl_types::functions as f;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{PATIENCE, World};

/// Writes bytes and reads what comes until the other side closes.
async fn poke(world: &World, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(world.sim.addresses()[&2]).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    // A reset is as good as an end.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
    answer
}

fn intermediate(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    [&[0xee; 4], &length.to_le_bytes()[..], payload].concat()
}

#[tokio::test]
async fn nonsense_closes_its_own_connection_and_no_other() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    client.call(&f::updates::GetState {}).await;

    // A wrong checksum, a length beyond all bounds, and a web browser.
    let mut frame = vec![16, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 9, 9, 9, 9];
    assert!(poke(&world, &frame).await.is_empty());
    frame[..4].copy_from_slice(&[255, 255, 255, 127]);
    assert!(poke(&world, &frame).await.is_empty());
    assert!(poke(&world, b"GET / HTTP/1.1\r\n\r\n").await.is_empty());

    // A key that nobody has gets the transport's 404; so does a client that wants to negotiate one.
    let unknown = [&(-404_i32).to_le_bytes()[..]].concat();
    assert_eq!(poke(&world, &intermediate(&[7; 88])).await[4..], unknown);
    assert_eq!(poke(&world, &intermediate(&[0; 40])).await[4..], unknown);

    // A known key with a message that it did not encrypt.
    let accounts = world.json("accounts.json");
    let key = hex::decode(accounts[0]["keys"]["2"].as_str().unwrap()).unwrap();
    let digest = sha1(&key);
    let forged = [&digest[12..], &[5; 16 + 96][..]].concat();
    assert!(poke(&world, &intermediate(&forged)).await.is_empty());

    client.call(&f::updates::GetState {}).await;
    assert_eq!(world.sim.stats().connections, 1);
}

fn sha1(bytes: &[u8]) -> Vec<u8> {
    use sha1::{Digest, Sha1};
    Sha1::digest(bytes).to_vec()
}
