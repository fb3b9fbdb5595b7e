"""What generated pages are made from: the data of the suite, the published verdicts and the figures, read once.

Both `docs/generate.py`, which writes into the pages of the repository, and `docs/build_site.py`, which makes the site,
read through this folder. It may read the packages and the repository's files; it writes nothing and knows neither of
the two.
"""
