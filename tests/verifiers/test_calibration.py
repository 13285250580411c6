from __future__ import annotations

import json

import pytest

from retouch.verifiers.calibration import WITH_NEAR_FONT, WITH_OWN_FONT, WITHOUT_FONT, Rates, rates


@pytest.mark.parametrize("measured", [WITH_OWN_FONT, WITH_NEAR_FONT, WITHOUT_FONT])
def test_the_gate_keeps_its_marks(measured: Rates) -> None:
    assert measured.faulty >= 90
    assert measured.right >= 300
    assert measured.false_reject <= 0.05
    assert measured.false_accept <= 0.05


def test_with_the_own_font_two_in_a_hundred_faults_pass_at_most() -> None:
    assert WITH_OWN_FONT.false_accept_bound <= 0.02


@pytest.mark.parametrize(("accepted", "bound"), [(0, 0.0264), (1, 0.0437), (50, 0.5808)])
def test_the_bound_is_wilsons(accepted: int, bound: float) -> None:
    assert Rates(accepted, 100, 0, 1).false_accept_bound == pytest.approx(bound, abs=5e-4)


def test_without_a_hand_identity_alone_is_promised() -> None:
    assert rates(None) is WITHOUT_FONT


def test_evidence_names_what_measured_it() -> None:
    evidence = json.loads(json.dumps(WITH_OWN_FONT.evidence()))
    assert "gate.py" in evidence["measured_by"]
    assert evidence["false_accept"] <= evidence["false_accept_at_most"]
