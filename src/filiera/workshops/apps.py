from django.apps import AppConfig


class WorkshopsConfig(AppConfig):
    name = "filiera.workshops"

    def ready(self) -> None:
        # The worker knows jobs that were imported.
        from filiera.workshops import (
            challenge_parts,
            challenge_places,
            challenge_receivers,
            facts,
            group_places,
            group_receivers,
            group_topics,
            groups_on_the_day,
            method_parts,
            method_places,
            method_receivers,
            permissions,
            plan_file_policies,
            plan_parts,
            plan_places,
            plan_receivers,
            plan_texts,
            push_topics,
            trend_parts,
            trend_places,
            trend_receivers,
        )
        from filiera.workshops.actions import group_proposals, group_work  # noqa: F401

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
        plan_parts.register_parts()
        group_topics.register_topics()
        group_places.register_group_places()
        group_receivers.connect()
        groups_on_the_day.register()
        method_receivers.connect()
        method_places.register_method_places()
        method_parts.register_parts()
        trend_receivers.connect()
        trend_places.register_trend_places()
        trend_parts.register_parts()
