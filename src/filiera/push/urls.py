from django.urls import path

from filiera.push import views

app_name = "push"
urlpatterns = [path("poll/", views.event_poll, name="poll")]
