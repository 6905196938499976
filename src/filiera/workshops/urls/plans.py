"""Action plans: the same addresses in an edition and in an organisation's own workspace."""

from django.urls import URLPattern, path

from filiera.workshops.views import follow_up, home, plans, presentations

_EDITION = "academy/<slug:edition_slug>/"
_PLAN = "plans/<int:plan_id>/"


def _addresses(prefix: str, names: str) -> list[URLPattern]:
    """What a plan has wherever it stands."""
    measure = f"{prefix}{_PLAN}measures/<int:measure_id>/"
    restore = "history/<slug:text_kind>/<int:row_id>/<slug:text_name>/<int:revision>/restoration/"
    return [
        path(f"{prefix}{_PLAN}", plans.plan_page, name=f"{names}plan_page"),
        path(f"{prefix}{_PLAN}plan.pdf", plans.plan_document, name=f"{names}plan_document"),
        path(f"{prefix}{_PLAN}writing/", plans.plan_writing, name=f"{names}plan_writing"),
        path(f"{prefix}{_PLAN}history/", plans.plan_history, name=f"{names}plan_history"),
        path(f"{prefix}{_PLAN}{restore}", plans.text_restore, name=f"{names}text_restore"),
        path(f"{prefix}{_PLAN}measures/", plans.measure_create, name=f"{names}measure_create"),
        path(measure, plans.measure_edit, name=f"{names}measure_edit"),
        path(f"{measure}removal/", plans.measure_remove, name=f"{names}measure_remove"),
        path(f"{measure}follow-up/", follow_up.measure_follow_up, name=f"{names}measure_follow_up"),
        path(f"{measure}proofs/", follow_up.measure_proof, name=f"{names}measure_proof"),
    ]


urlpatterns = [
    path(f"{_EDITION}plans/", plans.plan_list, name="plan_list"),
    path(f"{_EDITION}plans/now/", presentations.plan_now, name="plan_now"),
    *_addresses(_EDITION, ""),
    path(f"{_EDITION}{_PLAN}feedback/", presentations.plan_feedback, name="plan_feedback"),
    path(f"{_EDITION}{_PLAN}home/", home.plan_home, name="plan_home"),
    path(f"{_EDITION}{_PLAN}presentation/", presentations.presentation_start, name="presentation_start"),
    path(
        f"{_EDITION}{_PLAN}presentation/end/", presentations.presentation_finish, name="presentation_finish"
    ),
    path(
        f"{_EDITION}{_PLAN}presentation/break/",
        presentations.presentation_break_off,
        name="presentation_break_off",
    ),
    path(f"{_EDITION}stage/plans/now/", presentations.plan_stage, name="plan_stage"),
    path(f"{_EDITION}desk/follow-up/", follow_up.desk_follow_up, name="desk_follow_up"),
    path(
        f"{_EDITION}desk/follow-up/measures.xlsx", follow_up.desk_follow_up_table, name="desk_follow_up_table"
    ),
    path("o/<slug:slug>/plans/", plans.home_plan_list, name="home_plan_list"),
    *_addresses("o/<slug:slug>/", "home_"),
    path(f"o/<slug:slug>/{_PLAN}readers/", plans.plan_readers, name="home_plan_readers"),
    path(f"o/<slug:slug>/{_PLAN}adoption/", plans.plan_adopt, name="home_plan_adopt"),
    path("follow-up/<str:token>/<slug:state>/", follow_up.follow_up_answer, name="follow_up_answer"),
]
