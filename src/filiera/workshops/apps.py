from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "filiera.workshops"

    def ready(self) -> None:
        from filiera.workshops import (
            challenge_parts,
            challenge_places,
            challenge_receivers,
            facts,
            permissions,
            plan_file_policies,
            plan_places,
            plan_receivers,
            plan_texts,
            push_topics,
        )

        facts.register_kinds()
        permissions.register_own()
        push_topics.register_topics()
        challenge_receivers.connect()
        challenge_places.register_challenge_places()
        challenge_parts.register_parts()
        plan_receivers.connect()
        plan_texts.register_texts()
        plan_file_policies.register_file_policies()
        plan_places.register_places()
