"""The page that explains the API, made from its own schema."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from filiera.api.v1 import api
from filiera.shared.http import render_page


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters and answers."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    operations = [
        {
            "method": method.upper(),
            "path": path,
            "key": operation["operationId"],
            "description": operation["description"],
            "parameters": [
                {"name": told["name"], "place": told["in"], "meaning": told["schema"].get("description", "")}
                for told in operation.get("parameters", [])
            ],
        }
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render_page(request, "api/documentation.html", {"operations": operations, "info": schema["info"]})
