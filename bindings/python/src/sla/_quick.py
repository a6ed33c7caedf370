"""The module `sla._sla_quick` of the extension: _quick.c says what it is for.

It lies in the file of `sla._sla`, where Python does not look for it by itself.
"""

from __future__ import annotations

from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader
from typing import Any

from sla import _sla


def _loaded() -> Any:
    loader = ExtensionFileLoader("sla._sla_quick", _sla.__file__)
    spec = spec_from_loader("sla._sla_quick", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


_module = _loaded()
prepare = _module.prepare
pack = _module.pack
events = _module.events
kind_reader = _module.kind_reader
text_reader = _module.text_reader
Quick = _module.Quick
