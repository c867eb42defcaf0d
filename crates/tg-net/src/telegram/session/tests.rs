//! What grammers may change in a session, and what it may not.

#![allow(clippy::unwrap_used)]

use super::super::samples::{addr, live, stored};
use super::*;

fn option(live: &LiveSession, dc: i32) -> DcOption {
    live.dc_option(dc).unwrap().unwrap()
}

#[tokio::test]
async fn the_key_of_an_authorised_data_centre_never_changes() {
    let (kept, live) = live(stored());
    let mut replaced = option(&live, 2);
    replaced.auth_key = Some([9; 256]);
    let refused = live.set_dc_option(&replaced).await;
    assert!(matches!(refused, Err(LiveSessionError::KeyRefused(2))));
    assert!(live.key_refused());
    assert_eq!(option(&live, 2).auth_key, Some([2; 256]));
    assert_eq!(kept.saves.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn forgetting_the_key_is_not_possible_either() {
    let (_, live) = live(stored());
    let mut without = option(&live, 2);
    without.auth_key = None;
    live.set_dc_option(&without).await.unwrap();
    assert_eq!(option(&live, 2).auth_key, Some([2; 256]));
    assert!(!live.key_refused());
}

#[tokio::test]
async fn a_new_address_and_a_first_key_are_written_through() {
    let (kept, live) = live(stored());
    let mut moved = option(&live, 2);
    moved.ipv4 = "127.0.0.1:2002".parse().unwrap();
    live.set_dc_option(&moved).await.unwrap();
    let mut first = option(&live, 4);
    first.auth_key = Some([4; 256]);
    live.set_dc_option(&first).await.unwrap();
    let now = kept.last.lock().unwrap().clone().unwrap();
    assert_eq!(now.dcs[0], DcAuth { dc: 2, addr: addr("127.0.0.1:2002"), key: Some([2; 256]) });
    assert_eq!(now.dcs[1].key, Some([4; 256]));
    assert_eq!(now, *live.known());
}

#[tokio::test]
async fn what_changes_nothing_is_not_written() {
    let (kept, live) = live(stored());
    live.set_dc_option(&option(&live, 2)).await.unwrap();
    let mut nowhere = option(&live, 2);
    nowhere.ipv4 = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
    live.set_dc_option(&nowhere).await.unwrap();
    live.set_update_state(UpdateState::Channel { id: 5, pts: 1 }).await.unwrap();
    assert_eq!(kept.saves.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn memory_is_never_ahead_of_the_store() {
    let (kept, live) = live(stored());
    kept.broken.store(true, Ordering::SeqCst);
    let mut first = option(&live, 4);
    first.auth_key = Some([4; 256]);
    assert!(matches!(live.set_dc_option(&first).await, Err(LiveSessionError::Store(_))));
    assert_eq!(*live.known(), stored());
}

#[tokio::test]
async fn data_centres_are_bounded() {
    let (_, live) = live(stored());
    for dc in 100..400 {
        let mut option = option(&live, 2);
        option.id = dc;
        live.set_dc_option(&option).await.unwrap();
    }
    assert_eq!(live.known().dcs.len(), MAX_DCS);
}

#[tokio::test]
async fn home_moves_only_where_there_is_a_key() {
    let mut session = stored();
    session.dcs.push(DcAuth { dc: 5, addr: addr("127.0.0.1:1005"), key: Some([5; 256]) });
    let (kept, live) = live(session);
    assert!(!live.move_home(4).await.unwrap());
    assert!(!live.move_home(9).await.unwrap());
    assert_eq!(live.home_dc_id().unwrap(), 2);
    assert!(live.move_home(5).await.unwrap());
    assert_eq!(live.home_dc_id().unwrap(), 5);
    assert_eq!(kept.last.lock().unwrap().as_ref().unwrap().home_dc, 5);
}

#[tokio::test]
async fn how_far_was_heard_is_kept_piece_by_piece() {
    let (kept, live) = live(stored());
    assert!(!live.hears_updates());
    live.heard(UpdatePoint { pts: 1, qts: 2, date: 3, seq: 4 }).await.unwrap();
    assert!(live.hears_updates());
    live.set_update_state(UpdateState::Primary { pts: 10, date: 30, seq: 40 }).await.unwrap();
    live.set_update_state(UpdateState::Secondary { qts: 20 }).await.unwrap();
    let expected = UpdatePoint { pts: 10, qts: 20, date: 30, seq: 40 };
    assert_eq!(kept.last.lock().unwrap().as_ref().unwrap().updates, Some(expected));
    assert_eq!(live.updates_state().await.unwrap().pts, 10);
}

#[tokio::test]
async fn only_the_account_itself_is_known() {
    let (_, live) = live(stored());
    let itself = live.peer(PeerId::self_user()).await.unwrap();
    assert!(matches!(itself, Some(PeerInfo::User { id: 42, is_self: Some(true), .. })));
    live.cache_peer(PeerInfo::Chat { id: 7 }).await.unwrap();
    assert!(live.peer(PeerId::chat(7).unwrap()).await.unwrap().is_none());
}

#[test]
fn a_home_behind_ipv6_is_reached_over_ipv6() {
    let mut session = stored();
    session.dcs[0].addr = addr("[::1]:1002");
    let (_, live) = live(session);
    assert!(live.prefers_ipv6());
    assert_eq!(SocketAddr::from(option(&live, 2).ipv6), addr("[::1]:1002"));
}
