"""The site: from the repository's pages and the suite's data to a folder of HTML.

`docs/build_site.py` calls what lives here. Pages of the repository are copied with their links turned to where things
are on the site; a page per requirement, section, profile and implementation is made from what `making` gathers. It
writes into the folder that it is given and nowhere else.
"""
