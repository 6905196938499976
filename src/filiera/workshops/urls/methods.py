"""Addresses of methods: the people's, the desk's, the projector's."""

from django.urls import URLPattern, path

from filiera.workshops.views import method_desk, method_library, method_results, method_stage, methods

_PEOPLE = "academy/<slug:edition_slug>/methods/"
_RUN = f"{_PEOPLE}<int:method_run_id>/"
_BOARD = f"{_RUN}boards/<int:board_id>/"
_CARD = f"{_BOARD}cards/<int:card_id>/"
_DESK = "academy/<slug:edition_slug>/desk/methods/"
_DESK_RUN = f"{_DESK}runs/<int:method_run_id>/"
_LIBRARY = f"{_DESK}library/"
_METHOD = f"{_LIBRARY}<slug:method_key>/"
_STEP = f"{_METHOD}steps/<slug:step_code>/"
_STAGE = "academy/<slug:edition_slug>/stage/methods/<int:method_run_id>/"

urlpatterns: list[URLPattern] = [
    path(_PEOPLE, methods.method_list, name="methods"),
    path(_RUN, methods.method_run, name="method_run"),
    path(f"{_RUN}results/", method_results.method_results, name="method_results"),
    path(f"{_RUN}cards.csv", method_results.method_cards_csv, name="method_cards_csv"),
    path(_BOARD, methods.method_board, name="method_board"),
    path(f"{_BOARD}membership/", methods.board_membership, name="method_board_membership"),
    path(f"{_BOARD}role/", methods.board_role, name="method_board_role"),
    path(f"{_BOARD}cards/", methods.card_create, name="method_card_create"),
    path(f"{_BOARD}dots/", methods.board_dots, name="method_dots"),
    path(f"{_BOARD}places/", methods.board_places, name="method_places"),
    path(f"{_BOARD}piles/<int:pile_id>/", methods.pile_name, name="method_pile_name"),
    path(f"{_CARD}removal/", methods.card_removal, name="method_card_removal"),
    path(f"{_CARD}pile/", methods.card_pile, name="method_card_pile"),
    path(f"{_CARD}measure/", method_results.card_measure, name="method_card_measure"),
    path(f"{_CARD}challenge/", method_results.card_challenge, name="method_card_challenge"),
    path(_DESK, method_desk.desk_methods, name="desk_methods"),
    path(f"{_DESK}prepare/<slug:method_key>/", method_desk.desk_method_run_new, name="desk_method_run_new"),
    path(_DESK_RUN, method_desk.desk_method_run, name="desk_method_run"),
    path(f"{_DESK_RUN}start/", method_desk.desk_method_start, name="desk_method_start"),
    path(f"{_DESK_RUN}moves/", method_desk.desk_method_move, name="desk_method_move"),
    path(f"{_DESK_RUN}extension/", method_desk.desk_method_extension, name="desk_method_extension"),
    path(f"{_DESK_RUN}showing/", method_desk.desk_method_showing, name="desk_method_showing"),
    path(f"{_DESK_RUN}end/", method_desk.desk_method_end, name="desk_method_end"),
    path(f"{_DESK_RUN}removal/", method_desk.desk_method_run_removal, name="desk_method_run_removal"),
    path(f"{_DESK_RUN}boards/<int:board_id>/", method_desk.desk_method_board, name="desk_method_board"),
    path(f"{_LIBRARY}new/", method_library.desk_method_new, name="desk_method_new"),
    path(_METHOD, method_library.desk_method, name="desk_method"),
    path(f"{_METHOD}head/", method_library.desk_method_head, name="desk_method_head"),
    path(f"{_METHOD}removal/", method_library.desk_method_removal, name="desk_method_removal"),
    path(
        f"{_METHOD}steps/new/<slug:block>/", method_library.desk_method_step_new, name="desk_method_step_new"
    ),
    path(_STEP, method_library.desk_method_step, name="desk_method_step"),
    path(f"{_STEP}order/", method_library.desk_method_step_order, name="desk_method_step_order"),
    path(_STAGE, method_stage.method_stage, name="method_stage"),
    path(f"{_STAGE}boards/<int:board_id>/", method_stage.method_stage_board, name="method_stage_board"),
]
