"""The generic core of the HTML face: forms from schemas, pages and actions for every lifecycle, the record frame."""
