def with_pictures(text: str) -> str:
    return text
