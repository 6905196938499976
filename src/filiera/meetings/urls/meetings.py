"""Meetings of two: one's own pages, those of the desk, and the links in mails."""

from django.urls import path

from filiera.meetings.views import (
    desk_meetings,
    desk_plans,
    desk_rounds,
    desk_wishes,
    outcomes,
    own_meetings,
    own_people,
    own_rounds,
)

OWN = "academy/<slug:edition_slug>/meetings/"
ROUND = f"{OWN}<int:round_id>/"
PERSON = f"{ROUND}people/<int:attendee_id>/"
HELD = f"{ROUND}held/<int:meeting_id>/"
DESK = "academy/<slug:edition_slug>/desk/meetings/"
DESK_ROUND = f"{DESK}<int:round_id>/"

urlpatterns = [
    path(OWN, own_rounds.rounds, name="rounds"),
    path(ROUND, own_rounds.round_page, name="round"),
    path(f"{ROUND}profile/", own_rounds.profile, name="profile"),
    path(f"{ROUND}profile/end/", own_rounds.profile_end, name="profile_end"),
    path(f"{ROUND}times/", own_rounds.times, name="times"),
    path(f"{ROUND}people/", own_people.people, name="people"),
    path(PERSON, own_people.person, name="person"),
    path(f"{PERSON}wish/", own_people.wish_create, name="wish_create"),
    path(f"{PERSON}block/", own_people.block_create, name="block_create"),
    path(f"{PERSON}meeting/", own_people.meeting_create, name="meeting_create"),
    path(f"{ROUND}blocks/<int:block_id>/end/", own_people.block_end, name="block_end"),
    path(f"{ROUND}wishes/<int:wish_id>/answer/", own_people.wish_answer, name="wish_answer"),
    path(f"{ROUND}wishes/<int:wish_id>/withdrawal/", own_people.wish_withdraw, name="wish_withdraw"),
    path(HELD, own_meetings.meeting, name="meeting"),
    path(f"{HELD}note/", own_meetings.meeting_note, name="meeting_note"),
    path(f"{HELD}outcome/", own_meetings.meeting_outcome, name="meeting_outcome"),
    path(f"{HELD}cancellation/", own_meetings.meeting_cancel, name="meeting_cancel"),
    path(f"{HELD}slot/", own_meetings.meeting_move, name="meeting_move"),
    path(f"{ROUND}meetings.pdf", own_meetings.schedule_pdf, name="schedule_pdf"),
    path(f"{ROUND}meetings.ics", own_meetings.schedule_ics, name="schedule_ics"),
    path("meeting/<str:token>/", outcomes.outcome, name="outcome"),
    path(DESK, desk_rounds.desk_rounds, name="desk_rounds"),
    path(f"{DESK}new/", desk_rounds.desk_round_new, name="desk_round_new"),
    path(DESK_ROUND, desk_plans.desk_round, name="desk_round"),
    path(f"{DESK_ROUND}rules/", desk_rounds.desk_round_rules, name="desk_round_rules"),
    path(f"{DESK_ROUND}setup/", desk_rounds.desk_setup, name="desk_setup"),
    path(f"{DESK_ROUND}setup/slots/", desk_rounds.desk_slots_new, name="desk_slots_new"),
    path(f"{DESK_ROUND}setup/slots/<int:slot_id>/end/", desk_rounds.desk_slot_end, name="desk_slot_end"),
    path(f"{DESK_ROUND}setup/tables/", desk_rounds.desk_tables, name="desk_tables"),
    path(f"{DESK_ROUND}opening/", desk_rounds.desk_round_open, name="desk_round_open"),
    path(f"{DESK_ROUND}publication/", desk_plans.desk_publish, name="desk_meetings_publish"),
    path(f"{DESK_ROUND}plans/new/", desk_plans.desk_plan_new, name="desk_plan_new"),
    path(f"{DESK_ROUND}plans/<int:plan_id>/end/", desk_plans.desk_plan_stop, name="desk_plan_stop"),
    path(f"{DESK_ROUND}plans/<int:plan_id>/taking/", desk_plans.desk_plan_take, name="desk_plan_take"),
    path(f"{DESK_ROUND}people/", desk_wishes.desk_people, name="desk_people"),
    path(f"{DESK_ROUND}people/<int:attendee_id>/times/", desk_wishes.desk_times, name="desk_attendee_times"),
    path(f"{DESK_ROUND}people/<int:attendee_id>/absence/", desk_wishes.desk_absence, name="desk_absence"),
    path(f"{DESK_ROUND}wishes/", desk_wishes.desk_wishes, name="desk_wishes"),
    path(f"{DESK_ROUND}wishes/<int:wish_id>/", desk_wishes.desk_wish, name="desk_wish"),
    path(f"{DESK_ROUND}schedule/", desk_meetings.desk_schedule, name="desk_schedule"),
    path(f"{DESK_ROUND}schedule/new/", desk_meetings.desk_meeting_new, name="desk_meeting_new"),
    path(f"{DESK_ROUND}schedule/<int:meeting_id>/", desk_meetings.desk_meeting, name="desk_meeting"),
    path(f"{DESK_ROUND}statistics/", desk_meetings.desk_statistics, name="desk_meeting_statistics"),
    path(f"{DESK_ROUND}meetings.xlsx", desk_meetings.desk_xlsx, name="desk_meetings_xlsx"),
]
