"""Two rows of one rule never hold on the same day."""

from django.db import migrations

# PostgreSQL compares text inside an exclusion only with an extension that the embedded server does
# not have; a one-point range over the text's hash needs none.
ADD = """
ALTER TABLE reference_clockrule ADD CONSTRAINT rules_do_not_overlap EXCLUDE USING gist (
    int8range(
        hashtextextended(code || ' ' || jurisdiction || ' ' || risk, 0),
        hashtextextended(code || ' ' || jurisdiction || ' ' || risk, 0), '[]'
    ) WITH &&,
    daterange(valid_from, valid_to, '[]') WITH &&
)
"""
DROP = "ALTER TABLE reference_clockrule DROP CONSTRAINT rules_do_not_overlap"


class Migration(migrations.Migration):
    dependencies = [("reference", "0001_initial")]

    operations = [migrations.RunSQL(ADD, DROP)]
