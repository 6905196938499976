from django.urls import path

from filiera.api.v1 import api
from filiera.api.views import documentation

urlpatterns = [
    path("docs", documentation, name="api_documentation"),
    path("v1/", api.urls),
]
