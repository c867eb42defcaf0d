//! Signing in: codes, passwords, QR codes, bots, and what is heard of it elsewhere.

use grammers_crypto::two_factor_auth::calculate_2fa;
use grammers_tl_types::{enums, functions as f, types as t};
use serde_json::{Value, json};
use tg_sim::Sim;
use tokio::time::timeout;

use crate::support::{Client, PATIENCE, World, config};
use grammers_session::updates::UpdatesLike;

async fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let sim = Sim::start(config(dir.path()).logins(2)).await.unwrap();
    World { sim, dir }
}

fn entry(world: &World, name: &str) -> Value {
    let logins = world.json("logins.json");
    logins.as_array().unwrap().iter().find(|login| login["name"] == name).unwrap().clone()
}

fn send_code(phone: &str) -> f::auth::SendCode {
    let settings = t::CodeSettings {
        allow_flashcall: false,
        current_number: false,
        allow_app_hash: false,
        allow_missed_call: false,
        allow_firebase: false,
        unknown_number: false,
        logout_tokens: None,
        token: None,
        app_sandbox: None,
    };
    f::auth::SendCode {
        phone_number: phone.into(),
        api_id: 1,
        api_hash: "hash".into(),
        settings: settings.into(),
    }
}

fn sign_in(phone: &str, hash: &str, code: &str) -> f::auth::SignIn {
    f::auth::SignIn {
        phone_number: phone.into(),
        phone_code_hash: hash.into(),
        phone_code: Some(code.into()),
        email_verification: None,
    }
}

async fn hash_of(client: &Client, phone: &str) -> String {
    match client.call(&send_code(phone)).await {
        enums::auth::SentCode::Code(code) => code.phone_code_hash,
        other => panic!("{other:?}"),
    }
}

/// The last code that was sent to anybody.
async fn last_code(world: &World) -> String {
    let (_, sent) = world.get("/codes").await;
    sent.as_array().unwrap().last().unwrap()["code"].as_str().unwrap().to_owned()
}

async fn is_in(client: &Client) -> bool {
    let call = f::users::GetUsers { id: vec![enums::InputUser::UserSelf] };
    client.try_call(&call).await.is_ok()
}

#[tokio::test]
async fn a_code_signs_in_once_and_outlives_a_restart() {
    let world = world().await;
    let login = entry(&world, "log01");
    let phone = login["phone"].as_str().unwrap();
    let client = Client::with_keys_of(world.dir.path(), "logins.json", "log01").await;
    assert!(!is_in(&client).await);
    let hash = hash_of(&client, phone).await;
    assert_eq!(client.refused(&sign_in(phone, &hash, "x")).await.name, "PHONE_CODE_INVALID");
    let code = last_code(&world).await;
    world.post("/codes", &json!({"phone": phone, "expire": true}).to_string()).await;
    assert_eq!(client.refused(&sign_in(phone, &hash, &code)).await.name, "PHONE_CODE_EXPIRED");
    let hash = hash_of(&client, phone).await;
    client.call(&sign_in(phone, &hash, &last_code(&world).await)).await;
    assert!(is_in(&client).await);
    client.quit().await;
    let world = world.restart().await;
    let client = Client::with_keys_of(world.dir.path(), "logins.json", "log01").await;
    assert!(is_in(&client).await);
    client.call(&f::auth::LogOut {}).await;
    assert!(!is_in(&client).await);
    client.quit().await;
}

#[tokio::test]
async fn a_password_is_proven_and_never_sent() {
    let world = world().await;
    let login = entry(&world, "log02");
    let phone = login["phone"].as_str().unwrap();
    let client = Client::with_keys_of(world.dir.path(), "logins.json", "log02").await;
    let hash = hash_of(&client, phone).await;
    let refused = client.refused(&sign_in(phone, &hash, &last_code(&world).await)).await;
    assert_eq!(refused.name, "SESSION_PASSWORD_NEEDED");
    for (password, good) in [("wrong", false), (login["password"].as_str().unwrap(), true)] {
        let enums::account::Password::Password(asked) =
            client.call(&f::account::GetPassword {}).await;
        let Some(enums::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(
            algorithm,
        )) = asked.current_algo
        else {
            panic!("there is a password");
        };
        let (m1, a) = calculate_2fa(
            &algorithm.salt1,
            &algorithm.salt2,
            &algorithm.p,
            &algorithm.g,
            asked.srp_b.unwrap(),
            vec![9; 256],
            password,
        );
        let srp_id = asked.srp_id.unwrap();
        let answer = t::InputCheckPasswordSrp { srp_id, a: a.to_vec(), m1: m1.to_vec() };
        let call = f::auth::CheckPassword { password: answer.into() };
        if good {
            client.call(&call).await;
        } else {
            assert_eq!(client.refused(&call).await.name, "PASSWORD_HASH_INVALID");
        }
    }
    assert!(is_in(&client).await);
    client.quit().await;
}

#[tokio::test]
async fn a_code_for_somebody_who_is_in_arrives_in_their_other_sessions() {
    let world = world().await;
    let phone = entry(&world, "acc01")["phone"].as_str().unwrap().to_owned();
    let mut old = world.client("acc01").await;
    old.call(&f::updates::GetState {}).await;
    let new = Client::with_keys_of(world.dir.path(), "logins.json", "acc01").await;
    let hash = hash_of(&new, &phone).await;
    let code = last_code(&world).await;
    let text = loop {
        if let UpdatesLike::Updates(enums::Updates::Updates(heard)) =
            timeout(PATIENCE, old.updates.recv()).await.unwrap().unwrap()
            && let Some(enums::Update::NewMessage(new)) = heard.updates.into_iter().next()
            && let enums::Message::Message(message) = new.message
        {
            break message.message;
        }
    };
    assert!(text.contains(&code), "{text}");
    new.call(&sign_in(&phone, &hash, &code)).await;
    assert!(is_in(&new).await && is_in(&old).await);
    new.quit().await;
    old.quit().await;
}

#[tokio::test]
async fn bots_and_strangers() {
    let world = world().await;
    let bot = entry(&world, "bot01");
    let client = Client::with_keys_of(world.dir.path(), "logins.json", "bot01").await;
    let mut call = f::auth::ImportBotAuthorization {
        flags: 0,
        api_id: 1,
        api_hash: "hash".into(),
        bot_auth_token: "1:x".into(),
    };
    assert_eq!(client.refused(&call).await.name, "ACCESS_TOKEN_INVALID");
    let stranger = "+9996627777";
    let hash = hash_of(&client, stranger).await;
    let answer = client.call(&sign_in(stranger, &hash, &last_code(&world).await)).await;
    assert!(matches!(answer, enums::auth::Authorization::SignUpRequired(_)));
    call.bot_auth_token = bot["bot_token"].as_str().unwrap().into();
    client.call(&call).await;
    assert!(is_in(&client).await);
    client.quit().await;
}

#[tokio::test]
async fn a_phone_is_sent_to_where_it_lives() {
    let world = world().await;
    let login = entry(&world, "log02");
    let home = login["home_dc"].as_i64().unwrap();
    let client = Client::with_keys_of(world.dir.path(), "logins.json", "log02").await;
    let elsewhere = if home == 2 { 4 } else { 2 };
    let call = send_code(login["phone"].as_str().unwrap());
    match client.try_in(elsewhere, &call).await {
        Err(grammers_mtsender::InvocationError::Rpc(error)) => {
            assert_eq!(
                (error.name.as_str(), error.value.map(i64::from)),
                ("PHONE_MIGRATE", Some(home))
            );
        }
        other => panic!("{other:?}"),
    }
    client.quit().await;
}
