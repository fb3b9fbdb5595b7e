"""Reading a page of the module's documentation, in every form that its generator has given it over the years.

Here live the lines of a page (`lines`), its tables (`tables`), what it declares (`symbols`), the plain words of its
sentences (`words`), what all of it comes to (`contents`), and the reader that takes it apart (`reader`). This works on
text that it is given, imports nothing of ours beside itself, and copies no sentence anywhere.
"""

from .contents import Statement, Unread
from .reader import Page, PageError, read_page
from .symbols import Symbol

__all__ = ["Page", "PageError", "Statement", "Symbol", "Unread", "read_page"]
