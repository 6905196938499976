from django.urls import path

from filiera.reference import views

app_name = "reference"
urlpatterns = [
    path("", views.tables, name="tables"),
    path("<slug:name>/", views.table_load, name="table_load"),
]
