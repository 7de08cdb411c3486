"""A device that is not the CPU, on a machine that has only the CPU: real numbers, and CUDA's rules on what may meet what.

A tensor of the device "other" holds a CPU tensor that does its computing, and refuses what a tensor on a GPU refuses: to meet a
CPU tensor in an operation (a single number may stand in for a scalar, and indices may lie on the CPU), to be drawn from a
generator of another device, to become a NumPy array without `.cpu()`. Whole programs run on it, so that whatever would stop
them on a GPU for these reasons stops them here. It says nothing of a GPU's kernels, speed, memory or rounding, and
`torch.inference_mode` is `torch.no_grad` on it.

`torch.utils.backend_registration` registers the device once for the whole process, before the first gradient is computed: what
uses it runs in a process of its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, NamedTuple
from unittest import mock

import torch
import torch.utils.backend_registration as registration
from torch.utils._python_dispatch import TorchDispatchMode

NAME = "other"
_CPU = torch.device("cpu")
_INDEXING = ("aten::index", "aten::_unsafe_index", "aten::_index_put_impl_")
_SCALARS = ("aten::index_put", "aten::where", "aten::fill", "aten::masked_fill", "aten::index_fill")
_AWAY: dict[int, torch.Generator] = {}  # generators of the other device, kept alive so that no address is given twice


class WrongDevice(RuntimeError):
    """What a GPU would refuse."""


class OtherTensor(torch.Tensor):
    """A tensor of the other device; `inner` computes."""

    inner: torch.Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, inner: torch.Tensor) -> OtherTensor:
        made: OtherTensor = torch.Tensor._make_wrapper_subclass(
            cls,
            inner.shape,
            strides=inner.stride(),
            storage_offset=inner.storage_offset(),
            dtype=inner.dtype,
            device=torch.device(NAME, 0),
        )
        made.inner = inner
        return made

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})

    def tolist(self) -> Any:
        return self.inner.tolist()

    def __repr__(self, *, tensor_contents: object = None) -> str:
        return f"other({self.inner!r})"


class _Everywhere(TorchDispatchMode):
    """Sees every operation, so that a CPU tensor drawn from a stream of the other device is refused, too."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})


class _Generator(torch.Generator):
    """A stream that knows its device; it draws on the CPU."""

    def __new__(cls, device: Any = "cpu") -> _Generator:
        made: _Generator = super().__new__(cls)
        if torch.device(device).type == NAME:
            _AWAY[made._cdata] = made
        return made

    def __init__(self, device: Any = "cpu") -> None: ...

    @property
    def device(self) -> torch.device:  # type: ignore[override]
        return torch.device(NAME, 0) if self._cdata in _AWAY else _CPU


class _Facts(NamedTuple):
    """Of an operation: its written arguments, as places and names, and whether a single number may stand in for a scalar."""

    written: tuple[tuple[int, str], ...]
    single: bool


_FACTS: dict[int, _Facts] = {}  # by identity: operations live as long as the process, and are slow to hash


def _facts(func: Any) -> _Facts:
    if id(func) not in _FACTS:
        arguments = enumerate(func._schema.arguments)
        _FACTS[id(func)] = _Facts(
            tuple((i, a.name) for i, a in arguments if a.alias_info is not None and a.alias_info.is_write),
            torch.Tag.pointwise in func.tags or func._schema.name.startswith(_SCALARS),
        )
    return _FACTS[id(func)]


def _run(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compute on the CPU what belongs to the other device, after a look at what meets what."""
    there: list[OtherTensor] = []
    strangers: list[torch.Tensor] = []

    def unwrap(x: Any) -> Any:
        kind = type(x)
        if kind is OtherTensor:
            there.append(x)
            return x.inner
        if kind is list or kind is tuple:
            return [unwrap(part) for part in x]
        if isinstance(x, torch.Tensor):
            strangers.append(x)
        return x

    inner_args, inner_kwargs = [unwrap(x) for x in args], {name: unwrap(x) for name, x in kwargs.items()}
    asked = kwargs.get("device")
    away = bool(there) if asked is None else torch.device(asked).type == NAME
    stream = kwargs.get("generator")
    if stream is not None and (stream._cdata in _AWAY) != away:
        raise WrongDevice(f"{func} draws on {NAME if away else 'the CPU'} from a generator of another device")
    if there and strangers:
        _meet(func, args, there, strangers)
    if not away and not there:
        return func(*args, **kwargs)
    if away and asked is not None:
        inner_kwargs["device"] = _CPU
    result = func(*inner_args, **inner_kwargs)
    if not away:  # brought to the CPU
        return result.clone() if any(result is x.inner for x in there) else result
    return _wrapped(func, args, kwargs, result)


def _meet(func: Any, args: Any, there: list[OtherTensor], strangers: list[torch.Tensor]) -> None:
    """Refuse an operation of tensors on two devices."""
    name = func._schema.name
    if name.startswith(("aten::copy", "aten::_copy_from")):
        return
    if _facts(func).single:
        strangers = [x for x in strangers if x.ndim]
    if name.startswith(_INDEXING) and isinstance(args[0], OtherTensor):
        indices = {id(x) for x in args[1] if x is not None}
        strangers = [x for x in strangers if id(x) not in indices]
    if strangers:
        shapes = [f"{NAME} {tuple(x.shape)}" for x in there] + [f"CPU {tuple(x.shape)}" for x in strangers]
        raise WrongDevice(f"{name} meets tensors of two devices: {', '.join(shapes)}")


def _wrapped(func: Any, args: Any, kwargs: dict[str, Any], result: Any) -> Any:
    """Results as tensors of the other device; what was written in place is itself again."""
    same: dict[int, OtherTensor] = {}
    for i, name in _facts(func).written:
        written = args[i] if i < len(args) else kwargs.get(name)
        for x in written if isinstance(written, list | tuple) else (written,):
            if isinstance(x, OtherTensor):
                if x.shape != x.inner.shape or x.stride() != x.inner.stride():
                    raise NotImplementedError(f"{func} changes the shape of a tensor in place")
                same[id(x.inner)] = x

    def wrap(x: Any) -> Any:
        if isinstance(x, torch.Tensor):
            return same[id(x)] if id(x) in same else OtherTensor(x)
        return type(x)(wrap(part) for part in x) if isinstance(x, list | tuple) else x

    return wrap(result)


def _empty(size: Any, stride: Any, *, dtype: torch.dtype, **options: Any) -> OtherTensor:
    return OtherTensor(torch.empty_strided(size, stride, dtype=dtype))


def _copy(source: torch.Tensor, target: OtherTensor, non_blocking: bool = False) -> OtherTensor:
    target.inner.copy_(source.inner if isinstance(source, OtherTensor) else source)
    return target


@contextlib.contextmanager
def other_device() -> Iterator[str]:
    """The name of the device; call it before anything else computes gradients in this process, and once."""
    registration._setup_privateuseone_for_python_backend(NAME)
    # numbers and lists of Python become tensors below the reach of a dispatch mode, by these two alone
    library = torch.library.Library("aten", "IMPL")
    library.impl("empty_strided", _empty, "PrivateUse1")
    library.impl("_copy_from", _copy, "PrivateUse1")
    with (
        mock.patch.object(torch, "Generator", _Generator),
        mock.patch.object(torch, "inference_mode", torch.no_grad),
        _Everywhere(),
    ):
        yield NAME
