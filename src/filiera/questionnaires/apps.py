from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "filiera.questionnaires"
    label = "questionnaires"

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.questionnaires import file_policies, push_topics, receivers
        from filiera.questionnaires.actions import leaving  # noqa: F401

        file_policies.register_file_policies()
        push_topics.register_topics()
        receivers.connect()
