"""Verbs of the ordering domain, one module per lifecycle; `placing` makes orders, `rejections` opens claims."""
