from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "filiera.workshops"

    def ready(self) -> None:
        from filiera.workshops import facts, permissions, plan_receivers, plan_texts

        facts.register_kinds()
        permissions.register_own()
        plan_receivers.connect()
        plan_texts.register_texts()
