//! Configuration, data centres, statistics, control, files.

use grammers_mtsender::InvocationError;
use grammers_tl_types::{enums, functions as f};

use crate::support::{World, input, send};

#[tokio::test]
async fn data_centres_name_each_other_and_send_strangers_home() {
    let world = World::start().await;
    let client = world.client("acc02").await;
    assert_eq!(client.home_dc, 4);
    let enums::Config::Config(config) = client.call(&f::help::GetConfig {}).await;
    assert_eq!(config.this_dc, 4);
    let options = config.dc_options.iter();
    let ours: Vec<_> = options
        .map(|enums::DcOption::Option(option)| {
            assert!(option.r#static);
            (option.id, format!("{}:{}", option.ip_address, option.port))
        })
        .collect();
    let addresses = world.sim.addresses().iter();
    let theirs: Vec<_> = addresses.map(|(dc, at)| (*dc, at.to_string())).collect();
    assert_eq!(ours, theirs);

    client.try_in(2, &f::help::GetNearestDc {}).await.unwrap();
    match client.try_in(2, &f::updates::GetState {}).await {
        Err(InvocationError::Rpc(error)) => {
            assert_eq!(
                (error.code, error.name.as_str(), error.value),
                (303, "USER_MIGRATE", Some(4))
            );
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_account_knows_itself() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let call = f::users::GetUsers { id: vec![enums::InputUser::UserSelf] };
    let users = client.call(&call).await;
    let enums::User::User(own) = &users[0] else { panic!("nobody") };
    assert!(own.is_self);
    assert_eq!(own.id, client.user_id);
    assert!(own.phone.as_deref().unwrap().starts_with("99966"));
    let call = f::users::GetFullUser { id: enums::InputUser::UserSelf };
    let enums::users::UserFull::Full(full) = client.call(&call).await;
    let enums::UserFull::Full(full) = full.full_user;
    assert_eq!(full.id, client.user_id);
}

#[tokio::test]
async fn methods_that_there_are_not_are_refused_and_counted() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    let error = client.refused(&f::account::ResetPassword {}).await;
    assert_eq!((error.code, error.name.as_str()), (400, "METHOD_INVALID"));
    let peer = input(&client.resolve(&world.named_user(0).1).await);
    client.call(&send(&peer, "hello", 1)).await;
    let (status, stats) = world.get("/stats").await;
    assert_eq!(status, 200);
    assert_eq!(stats["calls"]["account.resetPassword"]["errors"], 1);
    assert_eq!(stats["calls"]["messages.sendMessage"]["ok"], 1);
    assert_eq!(stats["delivered"], 1);
    assert_eq!(stats["connections"], 1);
}

#[tokio::test]
async fn logging_out_ends_the_key() {
    let world = World::start().await;
    let client = world.client("acc01").await;
    client.call(&f::auth::LogOut {}).await;
    let error = client.refused(&f::updates::GetState {}).await;
    assert_eq!((error.code, error.name.as_str()), (401, "AUTH_KEY_UNREGISTERED"));
    let world = world.restart().await;
    let client = world.client("acc01").await;
    assert_eq!(client.refused(&f::updates::GetState {}).await.code, 401);
}

#[tokio::test]
async fn the_control_says_what_is_wrong() {
    let world = World::start().await;
    let (status, answer) = world.post("/script", r#"[{"do":{"drop":"sideways"}}]"#).await;
    assert_eq!(status, 400);
    assert!(answer["error"].as_str().unwrap().contains("rule 1"), "{answer}");
    let (status, answer) =
        world.post("/say", r#"{"from_user_id":1,"to_account":"acc01","text":"x"}"#).await;
    assert_eq!(status, 404, "{answer}");
    assert_eq!(world.post("/say", "{").await.0, 400);
    assert_eq!(world.post("/pardon", r#"{"account":"nobody"}"#).await.0, 404);
}

#[tokio::test]
async fn every_row_of_people_can_be_addressed() {
    let world = World::start().await;
    let text = std::fs::read_to_string(world.sim.state_dir().join("people.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("username,phone,user_id,first_name,last_name,lang,tz,city"));
    let rows: Vec<_> = lines.collect();
    assert_eq!(rows.len(), 200);
    for row in rows {
        let mut cells = row.split(',');
        let (username, phone) = (cells.next().unwrap(), cells.next().unwrap());
        assert!(!username.is_empty() || phone.starts_with('+'), "{row}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn keys_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let world = World::start().await;
    for file in ["accounts.json", "logins.json", "world.json", "journal.jsonl"] {
        let mode =
            std::fs::metadata(world.sim.state_dir().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
