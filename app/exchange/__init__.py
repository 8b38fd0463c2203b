"""Other people's formats, each a pure translation: bytes in, plain values and a list of what is wrong out.

Nothing in this package decides, stores or refuses anything; what is done with a translation is the caller's business.
"""
