from django.urls import path

from filiera.design import views

app_name = "design"

urlpatterns = [
    path("", views.index, name="index"),
    path("desk/", views.desk, name="desk"),
    path("theme/", views.theme, name="theme"),
]
