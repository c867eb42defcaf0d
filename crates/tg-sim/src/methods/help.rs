//! `help.*`: where the data centres are, and what the application should know.

use grammers_tl_types as tl;
use sha2::{Digest, Sha256};
use tl::{Serializable, enums, functions as f, types as t};

use super::caller::Caller;
use crate::account::Standing;
use crate::clock;

/// core.telegram.org/constructor/config. The addresses are our own, and `static`: clients ignore others.
pub(crate) fn config(caller: &Caller<'_>) -> enums::Config {
    let option = |(&id, address): (&i32, &std::net::SocketAddr)| {
        t::DcOption {
            ipv6: address.is_ipv6(),
            media_only: false,
            tcpo_only: false,
            cdn: false,
            r#static: true,
            this_port_only: true,
            id,
            ip_address: address.ip().to_string(),
            port: address.port().into(),
            secret: None,
        }
        .into()
    };
    let date = clock::date();
    t::Config {
        default_p2p_contacts: false,
        preload_featured_stickers: false,
        revoke_pm_inbox: true,
        blocked_mode: false,
        force_try_ipv6: false,
        date,
        expires: date.saturating_add(3600),
        test_mode: true,
        this_dc: caller.dc,
        dc_options: caller.shared.addresses.iter().map(option).collect(),
        dc_txt_domain_name: String::new(),
        chat_size_max: 200,
        megagroup_size_max: 200_000,
        forwarded_count_max: 100,
        online_update_period_ms: 210_000,
        offline_blur_timeout_ms: 5_000,
        offline_idle_timeout_ms: 30_000,
        online_cloud_timeout_ms: 300_000,
        notify_cloud_delay_ms: 30_000,
        notify_default_delay_ms: 1_500,
        push_chat_period_ms: 60_000,
        push_chat_limit: 2,
        edit_time_limit: 172_800,
        revoke_time_limit: i32::MAX,
        revoke_pm_time_limit: i32::MAX,
        rating_e_decay: 2_419_200,
        stickers_recent_limit: 200,
        channels_read_media_period: 604_800,
        tmp_sessions: None,
        call_receive_timeout_ms: 20_000,
        call_ring_timeout_ms: 90_000,
        call_connect_timeout_ms: 30_000,
        call_packet_timeout_ms: 10_000,
        me_url_prefix: "https://t.me/".into(),
        autoupdate_url_prefix: None,
        gif_search_username: None,
        venue_search_username: None,
        img_search_username: None,
        static_maps_provider: None,
        caption_length_max: 1024,
        message_length_max: 4096,
        webfile_dc_id: caller.dc,
        suggested_lang_code: None,
        lang_pack_version: None,
        base_lang_pack_version: None,
        reactions_default: None,
        autologin_token: None,
    }
    .into()
}

/// core.telegram.org/method/help.getNearestDc.
pub(crate) fn nearest_dc(caller: &Caller<'_>) -> enums::NearestDc {
    t::NearestDc { country: "GB".into(), this_dc: caller.dc, nearest_dc: caller.account.home_dc() }
        .into()
}

/// core.telegram.org/api/config#client-configuration: of its many keys, those about frozen accounts.
pub(crate) fn app_config(
    caller: &Caller<'_>,
    args: &f::help::GetAppConfig,
) -> enums::help::AppConfig {
    let mut value = vec![entry("freeze_since_date", None), entry("freeze_until_date", None)];
    if let Standing::Frozen(freeze) = caller.account.standing() {
        value = vec![
            entry("freeze_since_date", Some(freeze.since)),
            entry("freeze_until_date", Some(freeze.until)),
            t::JsonObjectValue {
                key: "freeze_appeal_url".into(),
                value: t::JsonString { value: freeze.appeal_url }.into(),
            }
            .into(),
        ];
    }
    let config: enums::Jsonvalue = t::JsonObject { value }.into();
    let hash = hash(&config);
    if args.hash == hash {
        enums::help::AppConfig::NotModified
    } else {
        t::help::AppConfig { hash, config }.into()
    }
}

/// A date in the configuration; zero if there is none.
fn entry(key: &str, seconds: Option<i64>) -> enums::JsonobjectValue {
    let value = f64::from(clock::date_of(seconds.unwrap_or(0)));
    t::JsonObjectValue { key: key.into(), value: t::JsonNumber { value }.into() }.into()
}

/// A number by which a client recognises what it has. Never zero: that is what a client with nothing sends.
fn hash(config: &enums::Jsonvalue) -> i32 {
    let digest = Sha256::digest(config.to_bytes());
    let mut four = [0; 4];
    four.copy_from_slice(&digest[..4]);
    (u32::from_le_bytes(four) | 1).cast_signed()
}
