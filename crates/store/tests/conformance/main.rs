//! What every engine behind the store port must do. A further engine is a [`world::Fixture`] and one
//! line at the end of this file.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[allow(dead_code, reason = "others look into a database past the platform")]
#[path = "../../../../tests/fixtures/postgres.rs"]
mod database;
mod engines;
mod operated;
mod things;
mod world;

mod availability;
mod bookings;
mod calendar;
mod chain;
mod commits;
mod deliveries;
mod desk;
mod events;
mod exchange;
mod fences;
mod figures;
mod links;
mod location_guard;
mod members;
mod orders;
mod paging;
mod people;
mod places;
mod processes;
mod receipts;
mod rehearsal;
mod retention;
mod scope;
mod search;
mod series;
mod sessions;
mod soak;
mod staff;
mod staff_guard;
mod statistics;
mod timers;
mod transport;
mod versions;
mod webhooks;
mod words;

/// Runs every test of every area on an engine.
macro_rules! conformance {
    ($engine:ident, $fixture:ty) => {
        mod $engine {
            conformance! { @area $fixture, bookings:
                each_filter_alone_and_all_together_choose_the_bookings_they_name
                a_range_takes_what_overlaps_it_and_not_what_touches_it
                staff_who_left_a_booking_do_not_match_it
                the_record_carries_location_creator_and_everyone_ever_assigned
                totals_are_true_whatever_the_page
                a_list_shows_each_booking_as_reading_it_alone_does
                a_list_is_true_after_any_change
            }
            conformance! { @area $fixture, calendar:
                a_feed_is_found_by_its_digest_until_it_is_revoked
                a_feed_that_a_token_made_has_what_the_token_grants_and_ends_with_it
                a_shift_that_its_bookings_cancellation_ended_is_found_and_no_other
            }
            conformance! { @area $fixture, exchange:
                a_stretch_is_the_same_counted_or_not
                what_is_taken_is_told_by_slot_and_changes_nothing
            }
            conformance! { @area $fixture, commits:
                what_was_put_is_read_back_whole
                a_change_without_an_event_is_malformed_and_changes_nothing
                an_event_that_is_malformed_takes_its_change_with_it
                one_refused_part_refuses_the_whole
                an_address_in_use_in_any_case_is_a_duplicate
                a_second_membership_in_an_organization_is_a_duplicate
                a_row_that_names_what_is_not_there_is_refused
                a_commit_of_events_alone_and_one_of_nothing_are_whole
                a_commit_that_nobody_waits_for_is_not_cut_in_half
                one_unwritable_commit_does_not_spoil_those_beside_it
                what_is_asked_for_at_once_comes_to_what_it_would_alone
            }
            conformance! { @area $fixture, deliveries:
                a_subscription_starts_where_it_says_and_stays_where_it_is
                cursor_rows_and_commits_are_one_settlement
                a_refused_commit_leaves_a_retrying_row_and_the_others_stand
                settling_the_same_position_again_changes_nothing
                a_parked_row_is_settled_once
                heads_are_the_first_owed_row_of_each_key
                the_next_of_a_key_passes_over_the_dead_and_the_skipped
                a_settlement_of_an_unknown_subscription_fails_alone
            }
            conformance! { @area $fixture, events:
                every_field_of_an_event_is_read_back
                filters_choose_events_alone_and_together
                windows_go_forward_and_backward
                reading_the_log_is_gap_free_in_any_page_size
                an_event_is_found_by_position_and_id
                absurd_positions_are_simply_beyond_the_log
            }
            conformance! { @area $fixture, figures:
                counters_are_what_counting_says_after_any_history
            }
            conformance! { @area $fixture, links:
                a_person_has_one_link_the_newest_and_uses_it_once
                tokens_are_listed_by_owner_and_organization_and_ended
                a_tokens_use_is_written_down_once_a_minute
                a_person_has_so_many_tokens_that_live_and_no_more
            }
            conformance! { @area $fixture, location_guard:
                i2_overlap_is_refused_in_every_form_and_back_to_back_is_fine
                i2_a_cancelled_booking_is_in_nobodys_way
                i2_another_organizations_booking_is_in_the_way_at_a_shared_location
                i2_a_booking_is_not_in_its_own_way
                i2_a_reschedule_onto_a_taken_time_is_refused
                i2_a_booking_on_hold_keeps_its_place
                i2_the_database_refuses_even_without_the_guard
                i2_of_64_concurrent_commits_for_one_slot_exactly_one_wins
                i11_a_foreign_location_is_refused
                every_conflict_is_named_in_order
            }
            conformance! { @area $fixture, members:
                an_ended_membership_takes_its_tokens_along_and_nothing_else
                members_are_listed_by_name_with_a_true_total
                somebody_always_runs_the_platform
                i11_what_belongs_to_an_organization_stays_with_it
            }
            conformance! { @area $fixture, paging:
                pages_and_cursors_give_the_same_sequence_in_every_order
                ties_are_broken_by_id_both_ways
                a_page_beyond_the_end_is_empty_and_knows_the_total
                absurd_limits_and_offsets_are_no_error
            }
            conformance! { @area $fixture, people:
                a_token_carries_its_owners_present_role
                a_revoked_person_is_seen_as_such_at_once
                a_person_is_found_by_address_in_any_case
                people_are_listed_by_name_with_a_true_total
                managers_are_the_clients_own_and_those_who_serve_it
                an_inbox_is_its_owners_newest_first
            }
            conformance! { @area $fixture, places:
                the_first_internal_organization_is_the_operators
                organizations_are_listed_by_name
                locations_are_searched_by_name_and_city
                a_named_organization_may_use_its_own_locations_and_the_shared
            }
            conformance! { @area $fixture, processes:
                everything_is_there_after_opening_again
                the_head_moves_with_each_commit
                another_processs_writes_are_found_by_refreshing
                two_processes_interleave_without_losing_a_position
                i2_two_processes_cannot_take_one_slot
                two_processes_on_a_new_database_make_one_internal_organization
                events_written_by_another_are_read_in_order
            }
            conformance! { @area $fixture, receipts:
                i8_the_same_request_gets_the_same_answer_and_has_one_effect
                i8_the_same_key_with_another_body_is_refused
                i8_of_100_concurrent_requests_under_one_key_one_takes_effect
                keys_of_two_callers_do_not_meet
                an_expired_key_may_be_used_again
                a_refused_commit_keeps_no_receipt
                a_replay_is_answered_before_anything_else_is_looked_at
            }
            conformance! { @area $fixture, availability:
                a_block_is_read_back_whole_and_replaced_by_its_next_version
                a_block_that_was_taken_back_is_in_no_answer
                blocks_are_found_by_when_they_may_happen
                each_filter_chooses_the_blocks_it_names
                i9_only_oneself_and_those_who_rule_on_leave_see_a_block
            }
            conformance! { @area $fixture, scope:
                i9_a_stranger_sees_nothing_in_any_query
                i9_many_who_read_at_once_see_each_their_own
                i9_naming_a_foreign_organization_opens_nothing
                who_serves_a_client_sees_it_and_no_other
                a_brand_agent_sees_assigned_bookings_wherever_they_are
                a_brand_agent_sees_nothing_after_declining
                drafts_are_seen_by_their_maker_alone_where_only_own_ones_may_be_seen
            }
            conformance! { @area $fixture, series:
                a_series_is_read_back_with_its_bookings_that_are_in_scope
                i11_a_booking_is_in_no_other_organizations_series
                i2_bookings_that_move_together_are_not_in_each_others_way
            }
            conformance! { @area $fixture, search:
                letters_match_without_regard_to_case_also_beyond_ascii
                wildcards_and_quotes_stand_for_themselves
                title_and_description_are_searched
                a_character_that_no_text_holds_is_found_nowhere_and_is_no_error
            }
            conformance! { @area $fixture, sessions:
                a_session_carries_its_owners_present_roles
                a_session_ends_by_idleness_by_age_and_with_its_owner
                its_use_is_written_down_once_a_minute
                a_renewed_secret_is_taken_a_moment_longer_and_renewed_once
                sessions_are_ended_one_by_one_or_all_but_one
                the_sessions_that_live_are_listed_newest_first
                what_has_expired_is_forgotten_as_others_begin
                of_a_persons_sessions_the_newest_stay
                an_identity_is_one_persons_and_a_person_has_one_at_each_provider
                a_sign_in_by_a_provider_is_finished_once
                an_account_is_found_with_its_password_and_roles
            }
            conformance! { @area $fixture, soak:
                guarantees_2_to_5_hold_under_failures_and_crashes
            }
            conformance! { @area $fixture, staff:
                a_profile_is_read_back_whole_with_whom_it_works_for
                a_profile_of_another_version_is_not_replaced
                i9_only_who_may_use_a_person_sees_the_profile
                each_filter_chooses_the_people_it_names
                who_is_assigned_is_not_free_and_back_to_back_is
                an_assignment_is_read_back_whole
                people_come_with_their_shifts_around_a_time_and_how_they_went
                what_people_work_is_summed_within_a_time_and_for_an_organization
            }
            conformance! { @area $fixture, staff_guard:
                i2_a_person_is_not_in_two_places_at_once
                i2_a_released_person_is_free
                i2_the_database_refuses_even_without_the_guard
                i2_a_reschedule_takes_its_people_along_or_is_refused
                i2_of_32_concurrent_assignments_of_one_person_exactly_one_wins
                i2_two_processes_cannot_take_one_person
                a_person_is_on_a_booking_once
            }
            conformance! { @area $fixture, statistics:
                an_organization_without_bookings_has_zeros
                money_is_summed_as_the_domain_says
                months_are_the_organizations_own_also_when_its_clocks_change
                a_gap_between_months_is_filled
                a_range_takes_what_overlaps_it
                bookings_without_a_location_are_counted_as_such
                a_renamed_location_is_counted_under_its_new_name
                sums_that_no_number_holds_stop_no_commit
            }
            conformance! { @area $fixture, chain:
                every_event_is_linked_to_the_one_before
                the_chain_goes_on_after_opening_again
                two_processes_interleave_on_one_chain
                what_is_refused_leaves_no_link
            }
            conformance! { @area $fixture, timers:
                a_timer_fires_once_with_the_time_of_firing
                a_timer_is_replaced_and_cancelled_by_its_key
                a_refused_commit_leaves_the_timers_as_they_are
                timers_fire_by_due_time_and_key_within_the_limit
                a_timer_that_could_not_fire_is_malformed
                a_timer_is_told_of_and_survives_the_process
                a_timer_whose_event_is_in_the_log_is_in_nobodys_way
                two_processes_fire_each_timer_once
            }
            conformance! { @area $fixture, orders:
                pausing_is_told_and_leaves_the_generation
                a_replay_moves_the_cursor_and_drops_later_rows
                a_replay_from_outside_the_log_is_refused
                a_swap_exchanges_cursors_and_rows
                only_what_is_paused_is_swapped
                a_paused_subscription_can_be_forgotten_with_its_rows
                redriven_letters_wait_in_their_place
                a_filter_means_what_meets_all_of_it
                discarded_letters_are_skipped_for_the_reason
                an_order_about_nobody_is_refused_whole
                an_order_that_no_event_tells_of_is_malformed
            }
            conformance! { @area $fixture, fences:
                a_settlement_of_another_generation_writes_nothing
                an_order_fences_those_whose_rows_it_changes_and_no_other
                a_settlement_made_on_an_older_cursor_writes_nothing
                another_process_is_fenced_too
            }
            conformance! { @area $fixture, rehearsal:
                a_rehearsal_answers_for_each_and_leaves_no_trace
                rehearsals_do_not_leak_into_the_commits_beside_them
                rehearsing_nothing_is_no_error
            }
            conformance! { @area $fixture, retention:
                versions_and_the_chain_go_on_after_retention
                what_was_removed_is_found_nowhere
                nothing_goes_that_somebody_still_needs
                a_log_may_be_removed_whole_and_goes_on
                nobody_begins_before_the_log_does
            }
            conformance! { @area $fixture, desk:
                standings_count_what_is_owed
                letters_come_with_their_events_and_followers
                one_letter_is_shown_while_it_is_owed
                letters_that_look_alike_are_grouped
                a_position_is_found_by_time
                an_event_is_found_by_its_id_whoevers_it_is
            }
            conformance! { @area $fixture, transport:
                the_relays_cursor_moves_only_from_where_it_stands
                what_kept_the_relay_stays_until_the_next_time
                a_message_of_others_enters_the_log_once
                many_at_once_take_a_message_once
                nobody_is_told_for_an_organization_that_is_not_there
                a_message_without_its_event_is_malformed
            }
            conformance! { @area $fixture, versions:
                a_change_rests_on_the_version_that_was_read
                an_expectation_of_something_unknown_is_refused
                a_replacement_of_another_version_is_refused_without_an_expectation_too
                of_32_concurrent_edits_one_wins_each_round
                i3_versions_of_a_subject_run_from_one_without_a_gap
                i3_versions_go_on_across_several_events_of_one_commit
                i5_positions_have_no_gap_after_refusals
            }
            conformance! { @area $fixture, webhooks:
                an_endpoint_is_read_back_whole_and_replaced_by_its_next_version
                i9_endpoints_are_seen_by_who_manages_their_organization
                only_enabled_endpoints_of_active_organizations_are_told
                an_event_is_owed_once_and_what_became_of_it_is_kept
                since_when_an_endpoint_fails_is_kept_until_something_arrives
                of_an_ordered_endpoint_a_subject_s_first_is_due_and_the_next_after_it
                a_replay_owes_page_by_page_also_what_was_delivered
                what_is_resent_begins_anew_and_what_goes_takes_its_deliveries
            }
            conformance! { @area $fixture, words:
                words_are_kept_by_kind_and_language_and_replaced_on_their_version
                how_an_address_stands_is_kept_on_its_version
                a_daily_mail_holds_what_is_due_and_not_sent_oldest_first
            }
        }
    };
    (@area $fixture:ty, $area:ident: $($test:ident)*) => {
        mod $area {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    crate::$area::$test::<$fixture>().await;
                }
            )*
        }
    };
}

conformance!(sqlite, crate::engines::SqliteFixture);
conformance!(postgres, crate::engines::PostgresFixture);
