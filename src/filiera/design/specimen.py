def specimen_context() -> dict[str, object]:
    return {}
