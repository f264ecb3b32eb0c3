"""Requests with files: form fields and files of one body, read by one schema and described as what they are."""

from typing import Any

from flask import Request, request
from marshmallow import Schema, ValidationError, fields
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import CombinedMultiDict, FileStorage

from .blueprint import ApiBlueprint


class _Parser(FlaskParser):
    def load_files(self, req: Request, schema: Schema) -> Any:
        """Fields and files together, under their names."""
        return MultiDictProxy(CombinedMultiDict([req.form, req.files]), schema)


class FileBlueprint(ApiBlueprint):
    """A room of the API into which files are sent; `location="files"` reads the form's fields as well."""

    ARGUMENTS_PARSER = _Parser()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teardown_request(_let_go)


def _let_go(_error: BaseException | None) -> None:
    """Nothing of what was sent stays, however the request ended; on a disk it lay without a name, if at all."""
    request.close()


class FileSent(fields.Field[FileStorage]):
    """A part of the body that is a file."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs, metadata={"type": "string", "format": "binary"})

    def _deserialize(self, value: Any, *_beside: Any, **_given: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ValidationError("This is not a file. Send it as a part with a filename.")
        return value
