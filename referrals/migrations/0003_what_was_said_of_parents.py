from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_what_was_agreed")]

    operations = [
        migrations.AddField(
            model_name="supportreferral",
            name="guardian_said",
            field=models.CharField(
                blank=True,
                db_comment="operational",
                help_text="the case's guardian_safe as it was sent; empty until then",
                max_length=8,
            ),
        ),
    ]
