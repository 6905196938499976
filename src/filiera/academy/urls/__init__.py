"""Addresses below /academy/: what everybody reads, files, and the desk."""

from importlib.util import find_spec

from filiera.academy.urls import exports, public

app_name = "academy"
urlpatterns = [*exports.urlpatterns, *public.urlpatterns]
if find_spec("filiera.academy.urls.desk"):
    from filiera.academy.urls import desk

    urlpatterns += desk.urlpatterns
