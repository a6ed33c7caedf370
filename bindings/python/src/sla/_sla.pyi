"""The extension: what cffi makes of the declarations (_cdef_*.h).  A test compares those with the
headers of the library; to a type checker everything in here is Any."""

from typing import Any

_CData = Any

class _FFI:
    NULL: _CData
    def __getattr__(self, name: str) -> Any: ...

class _Lib:
    def __getattr__(self, name: str) -> Any: ...

ffi: _FFI
lib: _Lib
