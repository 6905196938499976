from django.db import migrations

import filiera.texts.fields

MODELS = ("membership", "organisation", "succession")


class Migration(migrations.Migration):
    """Notes to a source are told in each language; before the first release there are none to keep."""

    dependencies = [("organisations", "0002_withdrawal_and_search")]

    operations = [
        operation
        for model in MODELS
        for operation in (
            migrations.RemoveField(model_name=model, name="source_note"),
            migrations.AddField(
                model_name=model,
                name="source_note",
                field=filiera.texts.fields.TranslatedField(blank=True, default=dict),
            ),
        )
    ]
