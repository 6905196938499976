from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "filiera.mail"
    label = "mail"
