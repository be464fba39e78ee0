"""English dates name the month: 11/12 is a day in November to some and in December to others."""

SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
