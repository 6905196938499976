from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "filiera.questionnaires"
    label = "questionnaires"

    def ready(self) -> None:
        from filiera.questionnaires import file_policies, push_topics

        file_policies.register_file_policies()
        push_topics.register_topics()
