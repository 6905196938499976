"""Addresses below /academy/: files, what everybody reads, and the desk."""

from filiera.academy.urls import desk, exports, public

app_name = "academy"
urlpatterns = [*exports.urlpatterns, *public.urlpatterns, *desk.urlpatterns]
