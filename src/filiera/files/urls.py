from django.urls import path

from filiera.files import views

app_name = "files"
urlpatterns = [path("<uuid:uuid>/", views.file_download, name="file")]
