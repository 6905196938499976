from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "filiera.files"
    label = "files"
