from django.urls import path

from filiera.design import views

app_name = "design"

urlpatterns = [
    path("", views.index, name="index"),
    path("theme/", views.theme, name="theme"),
]
