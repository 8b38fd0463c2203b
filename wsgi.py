"""The WSGI application that gunicorn serves."""

import gc

gc.disable()  # what a start makes stays for good: looking it over for garbage costs a tenth of the start

from app import create_app  # noqa: E402

app = create_app()

gc.freeze()
gc.enable()
