"""What the documentation says and what is required of an implementation, as data, a folder per profile.

Here live the clauses and requirements (`core/`, `http_client/` ...), their loader, what a word of the user means among
them (`selection`), the search for the check of a requirement (`where`), messages to feed to parsers (`vectors`,
`response_vectors`), the reader of documentation pages (`documentation`), the fingerprints of what they state
(`statements`), and the comparison of a page with what is known (`drift`). This room reads packaged files and the table
of profiles; it uses no other room.
"""

from .loader import LEVELS, Catalogue, CatalogueError, Clause, Requirement, load_catalogue, problems

__all__ = ["LEVELS", "Catalogue", "CatalogueError", "Clause", "Requirement", "load_catalogue", "problems"]
