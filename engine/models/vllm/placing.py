"""Which model goes onto which card, with how much of its memory; or the arithmetic that shows that it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from ...errors import EnvironmentFault
from ...facts import Fact, Role
from .gpus import Device, gigabytes
from .presets import Lineup
from .sizes import WORKING_GB, Size

SHARE = 0.92
"""Most of a card's memory that is given away: vLLM's own default."""
SPARE_GB = 0.5
"""Left free beside what others hold: vLLM refuses to start when its share is not free to the last byte."""
CONTEXTS = (16384, 12288, 8192, 6144, 4096)
"""Tokens of prompt and answer together, tried in this order when nobody says how many. Thinking takes up to 8,192."""
LARGEST_CPU_CACHE_GB = 4.0
"""On a processor nobody has use for a larger cache: it would only be filled slowly."""
COMFORTABLE = 8192
"""From this context on, a card for each model is better than a longer context on models that are spread over cards."""
WIDTHS = (1, 2, 4, 8)
"""Over how many equal cards a model that is too large for one is spread: head counts are powers of two."""


class Order(Fact, frozen=True):
    """One server to be: a model and whom it serves."""

    model: str
    roles: tuple[Role, ...]
    size: Size
    replica: int = 1
    """Its number among the servers of this model, from 1."""
    replicas: int = 1
    width: int = 1
    """Over how many equal cards it is spread where there are as many, though fewer would hold it."""
    dtype: str = ""
    """Numbers that it is kept in, as vLLM calls them; "" leaves it to the model's own files."""

    @property
    def label(self) -> str:
        """ "coder", or "coder 2" where there are several: names its log and its line."""
        return self.roles[0] + (f" {self.replica}" if self.replicas > 1 else "")

    def need(self, context: int, width: int = 1) -> float:
        """GB on each of `width` cards: weights, the cache of one conversation of `context` tokens, working memory."""
        return (self.size.weights_gb + self.size.kv_gb(self.fitting(context))) / width + WORKING_GB

    def fitting(self, context: int) -> int:
        """The context, as far as the model was made for it."""
        return min(context, self.size.longest or context)


class Place(Fact, frozen=True):
    """An order with its cards."""

    order: Order
    devices: tuple[Device, ...]
    share: float
    """Of each card's whole memory: vLLM's `--gpu-memory-utilization`."""
    context: int
    cache_gb: float
    """Room for the cache of keys and values in all; conversations beyond the first share what is left over."""

    @property
    def at_once(self) -> float:
        """How many conversations of full length the cache holds; shorter ones are more."""
        return self.cache_gb / max(1e-9, self.order.size.kv_gb(self.context))


Seats = list[tuple[Order, tuple[int, ...]]]
"""Orders with positions in the list of devices."""


def placed(orders: Sequence[Order], devices: Sequence[Device], context: int | None = None) -> tuple[Place, ...]:
    """A place for every order, in their order; `context` None takes the longest of `CONTEXTS` with which all fit.

    Raises:
        EnvironmentFault: they do not fit; the text shows the sums.
    """
    tried = (context,) if context else CONTEXTS
    narrow = [(tokens, WIDTHS[:1]) for tokens in tried if tokens >= COMFORTABLE]
    for tokens, widths in [*narrow, *((tokens, WIDTHS) for tokens in tried)]:
        if seats := _seated(orders, devices, tokens, widths):
            return _shared_out(seats, devices, tokens, orders)
    shorter = next((tokens for tokens in CONTEXTS if tokens < tried[-1] and _seated(orders, devices, tokens)), None)
    raise EnvironmentFault(refusal(orders, devices, tried[-1], shorter))


def usable(device: Device) -> float:
    """GB of this device that can be given away now."""
    return max(0.0, min(SHARE * gigabytes(device.total_mib), gigabytes(device.free_mib) - SPARE_GB))


def _seated(
    orders: Sequence[Order], devices: Sequence[Device], context: int, widths: Sequence[int] = WIDTHS
) -> Seats | None:
    """Seats for all, spread out where that works, else packed; None when neither does."""
    largest_first = sorted(orders, key=lambda order: -order.need(context))
    for emptiest_first in (True, False):
        seats = _seated_by(largest_first, devices, context, widths, emptiest_first=emptiest_first)
        if seats is not None:
            return seats
    return None


def _seated_by(
    orders: Sequence[Order],
    devices: Sequence[Device],
    context: int,
    widths: Sequence[int],
    *,
    emptiest_first: bool,
) -> Seats | None:
    room = [usable(device) for device in devices]
    seats: Seats = []
    for order in orders:
        chosen = _cards(order, devices, room, context, widths, emptiest_first=emptiest_first)
        if chosen is None:
            return None
        for position in chosen:
            room[position] -= order.need(context, len(chosen))
        seats.append((order, chosen))
    return seats


def _cards(
    order: Order,
    devices: Sequence[Device],
    room: Sequence[float],
    context: int,
    widths: Sequence[int],
    *,
    emptiest_first: bool,
) -> tuple[int, ...] | None:
    """As few cards as hold it, all of one kind; None when no number does."""
    for width in dict.fromkeys((*((order.width,) if order.width > 1 else ()), *widths)):
        need = order.need(context, width)
        able = [position for position in range(len(devices)) if room[position] >= need]
        # Sorting keeps the order of equals, so that the same machine always gets the same answer.
        able.sort(key=lambda position: room[position], reverse=emptiest_first)
        for first in able:
            alike = [position for position in able if _alike(devices[position], devices[first])]
            if len(alike) >= width:
                return tuple(sorted(alike[:width]))
    return None


def _alike(one: Device, other: Device) -> bool:
    return (one.kind, one.name, one.total_mib) == (other.kind, other.name, other.total_mib)


def _shared_out(seats: Seats, devices: Sequence[Device], context: int, orders: Sequence[Order]) -> tuple[Place, ...]:
    """What is left of each card is shared among those on it, as they need."""
    factor: dict[int, float] = {}
    for position, device in enumerate(devices):
        needs = sum(order.need(context, len(on)) for order, on in seats if position in on)
        factor[position] = usable(device) / needs if needs else 0.0
    places: dict[tuple[str, int], Place] = {}
    for order, on in seats:
        need, stretch = order.need(context, len(on)), min(factor[position] for position in on)
        total = gigabytes(devices[on[0]].total_mib)
        # Rounded down: the sum may not exceed the card.
        share = int(need * stretch / total * 1000) / 1000
        places[order.model, order.replica] = Place(
            order=order,
            devices=tuple(devices[position] for position in on),
            share=share,
            context=order.fitting(context),
            cache_gb=_cache_gb(order, context, len(on), stretch, on_cpu=devices[on[0]].kind == "cpu"),
        )
    return tuple(places[order.model, order.replica] for order in orders)


def _cache_gb(order: Order, context: int, width: int, stretch: float, *, on_cpu: bool) -> float:
    room = max(0.0, (order.need(context, width) * stretch - WORKING_GB) * width - order.size.weights_gb)
    return min(room, max(LARGEST_CPU_CACHE_GB, order.size.kv_gb(context))) if on_cpu else room


# ------------------------------------------------------------------------------------------------ the sums in words


def refusal(orders: Sequence[Order], devices: Sequence[Device], context: int, shorter: int | None) -> str:
    """Why they do not fit, with every number, and what to do."""
    advice = f"--context {shorter} would fit" if shorter else "take smaller models or more cards"
    return "\n".join([
        "these models do not fit here, neither each on one card nor spread over equal ones (GB are 10⁹ bytes):",
        *sums(orders, context),
        *(f"  {device.shown}: {usable(device):.1f} GB can be used" for device in devices),
        f"{advice}, or free the memory that other programs hold; a server elsewhere can be named with --base-url",
    ])  # fmt: skip


def sums(orders: Sequence[Order], context: int) -> list[str]:
    """What each order needs, one line each."""
    counted: Mapping[str, Sequence[Order]] = {
        order.model: [other for other in orders if other.model == order.model] for order in orders
    }
    return [sum_of(same[0], context) for same in counted.values()]


def sum_of(order: Order, context: int) -> str:
    """What one server of this order needs, and how many there are."""
    tokens = order.fitting(context)
    copies = f", {order.replicas} times" if order.replicas > 1 else ""
    return (
        f"  {order.model}: weights {order.size.weights_gb:.1f} + cache of {tokens:,} tokens "
        f"{order.size.kv_gb(tokens):.1f} + working memory {WORKING_GB:.1f} = {order.need(context):.1f} GB{copies} "
        f"({order.size.source})"
    )


def ordered(chosen: Lineup, replicas: Mapping[str, int], size_of: Callable[[str], Size]) -> tuple[Order, ...]:
    """One order for each server: the models of a line-up, and how many servers each gets (else one)."""
    orders: list[Order] = []
    for model, roles in chosen.roles_by_model.items():
        times = replicas.get(model, 1)
        first = Order(
            model=model,
            roles=roles,
            size=size_of(model),
            replicas=times,
            width=chosen.widths.get(model, 1),
            dtype=chosen.dtype,
        )
        orders += [msgspec.structs.replace(first, replica=number + 1) for number in range(times)]
    return tuple(orders)
