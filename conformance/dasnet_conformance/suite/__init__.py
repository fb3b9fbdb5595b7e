"""The checks, a file per section of the catalogue.

Each check judges one requirement through the fixtures of the plugin, and knows the implementation only as `Host`.
"""
