"""The proof that the suite sees: servers that are wrong on purpose, and which requirement fails on which of them.

`faults/` holds them, a folder per profile; `kill_matrix` runs the checks against them, `kill_report` tells the outcome,
`texts` joins each requirement with its check and the faults that prove it, and `likeness` says which fault a failing
run looks like. This room uses `running`.
"""
