from django.urls import path

from filiera.home.views import day, screens, start

app_name = "home"

_DAY = "academy/<slug:edition_slug>/desk/day/"
_STAGE = "academy/<slug:edition_slug>/stage/day/"

urlpatterns = [
    path("", start.home, name="home"),
    path(_DAY, day.desk_day, name="desk_day"),
    path(f"{_DAY}broadcasts/", day.broadcast_create, name="broadcast_create"),
    path(f"{_DAY}broadcasts/<int:broadcast_id>/end/", day.broadcast_end, name="broadcast_end"),
    path(f"{_DAY}countdowns/", day.countdown_create, name="countdown_create"),
    path(f"{_DAY}countdowns/<int:countdown_id>/more/", day.countdown_extend, name="countdown_extend"),
    path(f"{_DAY}countdowns/<int:countdown_id>/end/", day.countdown_end, name="countdown_end"),
    path(f"{_DAY}hour/", day.hour_change, name="hour_change"),
    path(f"{_DAY}folder.pdf", day.day_folder_pdf, name="day_folder_pdf"),
    path(f"{_DAY}folder.zip", day.day_folder_zip, name="day_folder_zip"),
    path(_STAGE, screens.stage_day, name="stage_day"),
    path(f"{_STAGE}<slug:room_slug>/", screens.stage_room, name="stage_room"),
]
