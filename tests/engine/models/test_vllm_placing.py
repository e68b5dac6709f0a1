"""Which model goes onto which card, and the arithmetic of those that do not fit."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.errors import EnvironmentFault
from redraft.engine.models.vllm.gpus import Device, gigabytes
from redraft.engine.models.vllm.placing import (
    SHARE,
    Order,
    Place,
    ordered,
    placed,
    usable,
)
from redraft.engine.models.vllm.presets import PRESETS
from redraft.engine.models.vllm.sizes import PUBLISHED, Size


def cards(*gib: int, free: int | None = None, name: str = "card") -> tuple[Device, ...]:
    return tuple(
        Device(index=i, uuid=f"GPU-{i}", name=name, total_mib=size * 1024, free_mib=(free or size) * 1024)
        for i, size in enumerate(gib)
    )


def preset(name: str, **replicas: int) -> tuple[Order, ...]:
    chosen = PRESETS[name]
    counts = {chosen.models[role]: number for role, number in replicas.items()}  # type: ignore[index]
    return ordered(chosen, counts, PUBLISHED.__getitem__)


def on(places: tuple[Place, ...]) -> dict[str, list[int]]:
    return {place.order.label: [device.index for device in place.devices] for place in places}


def test_the_papers_pair_takes_a_24_gb_card_each() -> None:
    places = placed(preset("review-beats-planning"), cards(24, 24))
    assert on(places) == {"coder": [1], "reviewer": [0]}
    assert {place.context for place in places} == {8192}


def test_the_papers_pair_shares_one_large_card_by_need() -> None:
    coder, reviewer = placed(preset("review-beats-planning"), cards(80))
    assert on((coder, reviewer)) == {"coder": [0], "reviewer": [0]}
    assert coder.context == reviewer.context == 16384
    assert coder.share < reviewer.share
    assert coder.share + reviewer.share == pytest.approx(SHARE, abs=0.002)


def test_the_32b_planner_in_full_is_spread_over_two_cards_as_the_paper_ran_it() -> None:
    places = placed(preset("pat-8b"), cards(80, 80, 80), context=8192)
    assert {label: len(devices) for label, devices in on(places).items()} == {"coder": 1, "reviewer": 2}
    assert on(placed(preset("pat-8b"), cards(141), context=8192))["reviewer"] == [0], "and over one where there is one"


def test_a_model_too_large_for_one_card_is_spread_over_equal_ones() -> None:
    places = placed(preset("pat-8b"), cards(48, 48, 24), context=8192)
    assert on(places)["reviewer"] == [0, 1]


def test_cards_of_different_kinds_are_not_spread_over() -> None:
    mixed = (*cards(48), msgspec.structs.replace(cards(48, 48)[1], name="another"))
    with pytest.raises(EnvironmentFault, match="neither each on one card nor spread over equal ones"):
        placed(preset("pat-32b"), mixed)


def test_one_model_in_all_roles_is_one_server() -> None:
    (order,) = preset("pat-32b")
    assert order.roles == ("coder", "reviewer", "planner", "tester")


def test_replicas_go_to_cards_of_their_own_where_there_are_any() -> None:
    places = placed(preset("review-beats-planning", coder=2), cards(24, 24, 24))
    assert sorted(on(places)) == ["coder 1", "coder 2", "reviewer"]
    assert sorted(index for indices in on(places).values() for index in indices) == [0, 1, 2]


def test_packing_is_tried_where_spreading_fails() -> None:
    sizes = {"a": 26.0, "b": 16.0, "c": 16.0}
    orders = tuple(
        Order(model=name, roles=("coder",), size=Size(weights_gb=gb, kv_bytes=0)) for name, gb in sizes.items()
    )
    places = placed(orders, (*cards(40), msgspec.structs.replace(cards(30, 30)[1], name="other")), context=4096)
    assert {place.order.model: place.devices[0].index for place in places} == {"a": 1, "b": 0, "c": 0}


def test_a_refusal_shows_every_number_and_they_add_up() -> None:
    with pytest.raises(EnvironmentFault) as caught:
        placed(preset("pat-8b"), cards(24, 24))
    text = str(caught.value)
    assert (
        "Qwen/Qwen3-32B: weights 65.6 + cache of 4,096 tokens 1.1 + working memory 2.0 = 68.7 GB (its model card)"
        in text
    )
    assert (
        "Qwen/Qwen3-8B: weights 16.4 + cache of 4,096 tokens 0.6 + working memory 2.0 = 19.0 GB (its model card)"
        in text
    )
    assert "GPU 1 (card, 25.8 of 25.8 GB free): 23.7 GB can be used" in text


def test_a_refused_context_comes_with_one_that_would_fit() -> None:
    with pytest.raises(EnvironmentFault, match="--context 8192 would fit"):
        placed(preset("review-beats-planning")[:1], cards(14), context=32000)


def test_memory_that_others_hold_is_not_given_away() -> None:
    with pytest.raises(EnvironmentFault, match=r"5\.4 of 25\.8 GB free\): 4\.9 GB can be used"):
        placed(preset("review-beats-planning"), cards(24, free=5))


def test_a_context_beyond_what_the_model_was_made_for_is_cut() -> None:
    (place,) = placed(preset("review-beats-planning")[:1], cards(80), context=40000)
    assert place.context == 32768


@given(
    st.lists(st.integers(8, 96), min_size=1, max_size=4),
    st.lists(st.floats(0.5, 70), min_size=1, max_size=4),
    st.sampled_from([None, 2048, 16384]),
)
def test_no_card_is_ever_given_away_twice(gib: list[int], weights: list[float], context: int | None) -> None:
    devices = cards(*gib)
    orders = tuple(
        Order(model=f"m{n}", roles=("coder",), size=Size(weights_gb=gb, kv_bytes=150_000))
        for n, gb in enumerate(weights)
    )
    try:
        places = placed(orders, devices, context)
    except EnvironmentFault as refusal:
        assert all(f"m{n}: weights" in str(refusal) for n in range(len(weights)))
        return
    assert tuple(place.order for place in places) == orders
    for device in devices:
        here = [place for place in places if device in place.devices]
        assert sum(place.share for place in here) * gigabytes(device.total_mib) <= usable(device) + 1e-6
    for place in places:
        holds = place.share * gigabytes(place.devices[0].total_mib)
        assert (
            holds >= place.order.need(place.context, len(place.devices)) - gigabytes(place.devices[0].total_mib) / 1000
        )
        assert place.cache_gb >= place.order.size.kv_gb(place.context) - 0.5
        assert len({(device.name, device.total_mib) for device in place.devices}) == 1
