"""Addresses of challenges: the people's, the desk's, the projector's."""

from django.urls import URLPattern, path

from filiera.workshops.views import challenge_work, challenges

_PEOPLE = "academy/<slug:edition_slug>/challenges/"
_ONE = f"{_PEOPLE}<int:challenge_id>/"
_DESK = "academy/<slug:edition_slug>/desk/challenges/"

urlpatterns: list[URLPattern] = [
    path(_PEOPLE, challenges.challenge_list, name="challenges"),
    path(f"{_PEOPLE}new/", challenges.challenge_new, name="challenge_new"),
    path(f"{_PEOPLE}print/", challenges.challenge_print, name="challenge_print"),
    path(_ONE, challenges.challenge, name="challenge"),
    path(f"{_ONE}edit/", challenges.challenge_edit, name="challenge_edit"),
    path(f"{_ONE}history/", challenges.challenge_history, name="challenge_history"),
    path(f"{_ONE}move/", challenges.challenge_move, name="challenge_move"),
    path(f"{_ONE}comments/", challenge_work.comment_create, name="challenge_comment_create"),
    path(
        f"{_ONE}comments/<int:comment_id>/removal/",
        challenge_work.comment_removal,
        name="challenge_comment_removal",
    ),
    path(f"{_ONE}help/", challenge_work.help_create, name="challenge_help_create"),
    path(f"{_ONE}help/withdrawal/", challenge_work.help_withdrawal, name="challenge_help_withdrawal"),
    path(f"{_ONE}merging/", challenge_work.merging_create, name="challenge_merging"),
    path(f"{_ONE}parting/", challenge_work.parting_create, name="challenge_parting"),
    path(f"{_ONE}apart/", challenge_work.apart_create, name="challenge_apart"),
    path(f"{_ONE}solution/", challenge_work.challenge_solution, name="challenge_solution"),
    path(f"{_ONE}reopening/", challenge_work.reopening_create, name="challenge_reopening"),
    path(f"{_ONE}withdrawal/", challenge_work.withdrawal_create, name="challenge_withdrawal"),
    path(f"{_ONE}restoration/", challenge_work.restoration_create, name="challenge_restoration"),
    path(_DESK, challenge_work.desk_challenges, name="desk_challenges"),
    path(f"{_DESK}taking-over/", challenge_work.desk_taking_over, name="desk_challenges_taking_over"),
    path(
        "academy/<slug:edition_slug>/stage/challenges/wall/",
        challenges.challenge_stage,
        name="challenge_stage",
    ),
]
