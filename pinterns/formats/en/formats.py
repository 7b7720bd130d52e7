"""How Django writes dates where a page leaves it to Django: as in all our own words."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i T"
