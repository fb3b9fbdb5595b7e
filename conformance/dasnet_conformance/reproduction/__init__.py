"""From a failure to a folder that shows it again without the suite, and from two implementations to where they part.

`script` turns a recording into lines, `folders` writes them beside the program that plays them (put together from
`player/`), and `diff` plays one check against two implementations. This room uses the stage and `running`.
"""
