from django.apps import AppConfig


class PinternsConfig(AppConfig):
    name = "pinterns"
