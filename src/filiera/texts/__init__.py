"""Language of a page, texts in several languages, rich text, likeness of texts."""

from filiera.texts.languages import translated
from filiera.texts.markdown import rich_text

__all__ = ["rich_text", "translated"]
