//! What every store has to keep, whatever it is made of: one suite that each backend runs with
//! `store_contract!`.
//!
//! A contract takes a factory, so that it begins with an empty home of its own.

pub mod accounts;
pub mod alerts;
pub mod audiences;
pub mod audit;
pub mod budgets;
pub mod bulk;
pub mod campaigns;
pub mod claims;
pub mod contacts;
pub mod counts;
pub mod decisions;
pub mod facts;
mod home;
pub mod inbox;
pub mod loans;
pub mod operators;
pub mod personal;
pub mod proxies;
pub mod repeats;
pub mod replies;
pub mod sealed;
pub mod segments;
pub mod settling;
pub mod sign_ins;
pub mod staging;
pub mod units;
pub mod waits;

use crate::ports::Store;
use std::sync::Arc;

/// Makes a store over a new, empty home.
pub type Make = dyn Fn() -> Arc<dyn Store>;

/// Makes one `#[test]` of every contract, for the stores that `$make` makes.
#[macro_export]
macro_rules! store_contract {
    ($make:expr) => {
        $crate::store_contract! { @tests $make;
            accounts::an_account_has_one_name_and_one_user,
            accounts::an_account_keeps_its_state,
            accounts::a_peer_belongs_to_an_account,
            proxies::a_proxy_has_one_name_and_one_address,
            proxies::a_proxy_given_to_two_accounts,
            proxies::a_pause_is_never_shortened,
            proxies::a_proxy_keeps_its_health,
            contacts::a_row_makes_a_person_and_a_member,
            contacts::a_file_that_names_somebody_twice_updates_them,
            contacts::empty_values_erase_nothing,
            contacts::spellings_of_a_username_are_one_person,
            contacts::a_new_phone_replaces_the_old_one,
            contacts::a_row_that_joins_two_people_changes_nothing,
            contacts::another_user_id_is_another_person,
            contacts::no_import_undoes_an_opt_out,
            contacts::an_opt_out_follows_the_user_id,
            contacts::a_consent_keeps_its_first_source,
            contacts::suppressing_twice_is_suppressing_once,
            contacts::a_user_id_is_learnt_once,
            contacts::a_row_brings_evidence_labels_and_a_no,
            contacts::labels_come_and_go,
            audiences::an_audience_collects_the_fields_of_its_lists,
            audiences::members_are_paged_in_order,
            audiences::listed_members_carry_their_permission,
            audiences::summaries_count,
            audiences::imports_are_numbered,
            campaigns::a_template_is_kept_under_one_name,
            campaigns::a_template_has_every_language_once,
            campaigns::a_campaign_is_kept_under_one_name,
            campaigns::a_campaign_keeps_its_variants,
            campaigns::a_campaign_remembers_its_beginning_and_end,
            staging::every_member_gets_one_delivery,
            staging::staged_rows_are_invisible_until_the_campaign_runs,
            staging::strangers_are_dealt_out_evenly,
            staging::who_knows_the_person_is_preferred,
            staging::a_bot_gets_only_those_who_know_it,
            staging::a_plan_counts_what_staging_makes,
            staging::a_filter_chooses_whom_a_campaign_is_for,
            segments::a_filter_has_one_name,
            segments::every_condition_chooses_as_it_says,
            segments::chosen_people_are_labelled_page_by_page,
            facts::a_candidate_carries_person_and_peer,
            facts::permission_is_read_with_the_candidate,
            facts::an_opt_out_is_found_by_user_id,
            facts::a_twin_is_reported,
            facts::candidates_come_in_order_of_due_time,
            claims::a_claim_is_fenced,
            claims::a_claimed_row_cannot_be_claimed,
            claims::one_person_is_claimed_once,
            claims::a_claim_keeps_bodies_and_ids,
            claims::moves_found_on_the_way_are_written,
            claims::identity_is_recorded_while_it_is_planned,
            repeats::a_row_in_hand_is_not_due,
            repeats::a_repeat_carries_what_was_claimed,
            repeats::a_repeat_carries_files_and_buttons,
            repeats::taking_is_exclusive_and_fenced,
            repeats::a_paused_campaign_repeats_nothing,
            repeats::claims_of_an_earlier_run_count_as_sent,
            repeats::a_crashed_task_leaves_its_rows_due,
            settling::outcomes_are_recorded,
            settling::a_move_the_machine_refuses_writes_nothing,
            settling::settling_is_fenced,
            settling::a_requeued_row_is_due_again,
            settling::every_part_keeps_its_message,
            bulk::interrupting_is_the_machines_move,
            bulk::interrupting_an_account_is_the_machines_move,
            bulk::holding_is_the_machines_move,
            bulk::canceling_is_the_machines_move,
            bulk::abandoning_is_the_machines_move,
            bulk::reassigning_deals_out_planned_rows,
            bulk::bulk_moves_are_bounded,
            decisions::decisions_are_about_rows_that_ended_so,
            decisions::a_retry_is_a_new_attempt,
            decisions::a_person_resolves_what_is_unknown,
            counts::a_tally_counts_everybody_once,
            counts::waits_and_due_times_defer,
            counts::accounts_are_counted_by_name,
            counts::a_timeline_counts_what_ended_when_it_ended,
            counts::variants_are_counted_as_they_end,
            counts::the_next_due_row_is_found,
            counts::open_rows_are_planned_or_claimed,
            counts::deliveries_are_listed,
            alerts::the_same_alert_is_counted,
            alerts::an_alert_waits_for_its_time,
            alerts::services_in_trouble_are_remembered,
            waits::the_later_end_holds,
            waits::waits_keep_their_scope,
            inbox::an_account_remembers_how_far_it_heard,
            inbox::a_message_is_kept_once,
            inbox::a_reply_finds_its_campaign,
            inbox::own_messages_belong_to_conversations,
            inbox::a_no_that_was_heard_holds_everywhere,
            inbox::a_writer_is_recognised_by_username,
            inbox::old_messages_are_forgotten,
            replies::an_answer_goes_the_way_of_a_delivery,
            replies::a_test_goes_to_the_account_itself,
            replies::answers_are_fenced,
            replies::an_answer_that_is_refused_or_put_off,
            replies::a_no_silences_until_another_word,
            replies::answers_are_given_up,
            replies::a_no_is_confirmed_once,
            sealed::sessions_are_replaced,
            sealed::secrets_are_replaced,
            sealed::versions_of_a_secret_stand_beside_each_other,
            sealed::a_new_master_key_replaces_everything,
            sign_ins::a_number_is_reserved_by_one_sign_in,
            sign_ins::a_reservation_dies_with_its_run_and_leaves_its_keys,
            budgets::a_budget_is_never_passed,
            budgets::what_one_budget_refuses_no_budget_counts,
            budgets::a_charge_is_corrected,
            loans::an_account_is_lent_and_given_back,
            personal::a_row_waits_for_its_text,
            personal::a_person_decides_about_texts,
            personal::waiting_for_a_text_is_planned_like_any_other,
            operators::an_operator_has_one_name_and_one_role,
            operators::a_key_is_kept_with_its_use_and_end,
            operators::a_sign_in_is_kept_until_it_ends,
            operators::failures_are_remembered_for_a_while,
            operators::a_required_sign_in_is_remembered,
            audit::rows_are_found_by_what_they_say,
            audit::the_end_is_noted_outside,
            units::what_fails_leaves_nothing,
            units::a_savepoint_undoes_only_itself,
            units::a_panic_is_undone_and_reported,
            units::a_query_writes_nothing,
            units::changes_are_noticed,
            units::the_audit_log_is_one_chain,
            units::an_audit_row_shares_the_fate_of_its_change,
            units::a_home_has_one_identity,
        }
    };
    (@tests $make:expr; $($port:ident::$name:ident),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                $crate::testing::contract::$port::$name(&$make);
            }
        )+
    };
}
