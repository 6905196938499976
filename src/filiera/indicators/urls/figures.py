"""Addresses of figures themselves: public ones, and those of a workspace."""

from django.urls import path

from filiera.indicators.views import editor, embedding, files, public, workspace

OWN = "o/<slug:slug>/indicators/"

urlpatterns = [
    path("indicators/", public.catalogue, name="catalogue"),
    path("indicators/structure.xml", files.structure, name="structure"),
    path("indicators/of/<slug:slug>/", public.body_figures, name="body"),
    path("indicators/of/<slug:slug>/files/<slug:file_format>/", files.body_file, name="body_file"),
    path(
        "indicators/of/<slug:slug>/<slug:indicator>/embed/",
        embedding.embedded_figure,
        name="embedded_figure",
    ),
    path(
        "indicators/of/<slug:slug>/<slug:indicator>/<slug:period>/",
        public.public_figure,
        name="public_figure",
    ),
    path("indicators/regions/<slug:nuts>/", public.region_figures, name="region"),
    path("indicators/regions/<slug:nuts>/files/<slug:file_format>/", files.region_file, name="region_file"),
    path(
        "indicators/regions/<slug:nuts>/<slug:indicator>/embed/",
        embedding.embedded_region_figure,
        name="embedded_region_figure",
    ),
    path(
        "indicators/regions/<slug:nuts>/<slug:indicator>/<slug:period>/",
        public.region_figure,
        name="region_figure",
    ),
    path("indicators/<slug:indicator>/", public.definition_page, name="definition"),
    path(OWN, workspace.dashboard, name="dashboard"),
    path(f"{OWN}files/<slug:file_format>/", files.own_file, name="own_file"),
    path(f"{OWN}definitions/", editor.definition_create, name="definition_create"),
    path(f"{OWN}definitions/<slug:indicator>/", editor.definition_next, name="definition_next"),
    path(f"{OWN}<slug:indicator>/<slug:period>/", workspace.own_figure, name="own_figure"),
    path(f"{OWN}<slug:indicator>/<slug:period>/explain.json", workspace.explain, name="explain"),
]
