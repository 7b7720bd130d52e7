"""Files on a disk that fills up: none is left half-written, and what can't be taken is told where it would be used.

And the site's own files, which are only read.
"""

import contextlib
import errno

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from whitenoise.storage import CompressedManifestStaticFilesStorage

# No room on the disk, none in the quota, or none that this process may take (ulimit -f).
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StoreAway(OSError):
    """The store on another machine does not answer, or would not do it: whether it has the file is not known."""


class WholeFileStorage(FileSystemStorage):
    """Local files, each of them whole: where the disk is full, what was written of one is taken away again."""

    def _save(self, name, content):
        try:
            return super()._save(name, content)
        except OSError:
            # Names are random, and save() has just found that none has this one: what lies there is ours.
            with contextlib.suppress(OSError):
                self.delete(name)
            raise


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Files that are named by their content. Their addresses are the same while the process lives, and a page names dozens."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._addresses = {}

    def url(self, name, force=False):
        if name not in self._addresses:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]


class UnstoredFile(UploadedFile):
    """An upload for which there was no room. Whoever looks into it gets the OSError, as from any file that is lost."""

    def __init__(self, *, error: OSError, **facts) -> None:
        super().__init__(file=ContentFile(b""), **facts)
        self._error = error

    def seek(self, *args):
        raise self._error

    read = chunks = open = seek


class RoomyUploadHandler(TemporaryFileUploadHandler):
    """Takes uploads through a temporary file. Where there is no room for it the rest of the form is taken all the same:
    the file comes as an UnstoredFile, so that what was typed can be saved and the person told at the field.
    """

    error: OSError | None = None

    def new_file(self, *args, **kwargs):
        self.error = None
        if hasattr(self, "file"):
            del self.file  # an earlier one of the same form, which is not to be taken for this one
        with self._noting_errors():
            super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        if self.error is None:
            with self._noting_errors():
                super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size):
        if self.error is None:
            with self._noting_errors():
                return super().file_complete(file_size)
        self.upload_interrupted()
        return UnstoredFile(error=self.error, name=self.file_name, content_type=self.content_type, size=file_size)

    def upload_interrupted(self):
        # Closing writes what is still in memory, and fails as writing did.
        with contextlib.suppress(OSError):
            super().upload_interrupted()

    @contextlib.contextmanager
    def _noting_errors(self):
        try:
            yield
        except OSError as error:
            self.error = error
