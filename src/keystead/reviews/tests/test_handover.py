"""Hand-over: traps and tasks by rule, the pack by right, steps and ticks with their trail."""

from __future__ import annotations

import io
import zipfile
from datetime import date, timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags
from docx import Document

from keystead.accounts import services as accounts
from keystead.accounts.queries import handovers_for, owner_name
from keystead.accounts.tests.factories import account
from keystead.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from keystead.kit.access import SYSTEM, actor_for
from keystead.kit.models import AuditEntry
from keystead.kit.office.carried import carried
from keystead.kit.office.word import document
from keystead.metrics.queries.checking import check_figures
from keystead.metrics.types.checking import Verdict
from keystead.planning.tests.factories import objective, plan
from keystead.planning.tests.sold import sell_in
from keystead.reviews import models
from keystead.reviews.queries.handover import pack_of
from keystead.reviews.queries.handover_words import paper_of
from keystead.reviews.rules.handover import milestone_of, tasks, traps
from keystead.reviews.services import handover as services
from keystead.reviews.types.handover import (
    Dated,
    Ending,
    HandState,
    Milestone,
    OpenClaim,
    Situation,
    TaskCode,
    TrapCode,
)

TODAY = date(2026, 3, 1)


def day(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_each_trap_has_its_reason_and_its_day() -> None:
    found = traps(
        Situation(
            today=TODAY,
            endings=(
                Ending("1", "renews", "", day(200), day(90), True),
                Ending("2", "ends", "", day(150), day(10), False),
                Ending("3", "over", "", day(30), day(-1), True),
                Ending("4", "far", "", day(400), day(91), True),
            ),
            claims=(
                OpenClaim("5", "late", "", day(-1), True),
                OpenClaim("6", "loose", "", day(20), False),
                OpenClaim("7", "fine", "", day(20), True),
            ),
            protections=(Dated("8", "cut", "", day(90)), Dated("9", "later", "", day(91))),
            alarms=((TrapCode.ONE_CONTACT, Dated("10", "Zhou")),),
            stale=(Dated("risks", "Risks"),),
            steps=(Dated("11", "promised", "", day(-3)), Dated("12", "open", "", day(3))),
        )
    )
    assert [(one.about.name, one.code.value, one.by) for one in found] == [
        ("promised", "step_late", day(-3)),
        ("late", "claim_due", day(-1)),
        ("ends", "notice_near", day(10)),
        ("loose", "claim_unmatched", day(20)),
        ("over", "notice_over", day(30)),
        ("renews", "auto_renews", day(90)),
        ("cut", "protection_ends", day(90)),
        ("Zhou", "one_contact", None),
        ("Risks", "profile_stale", None),
    ]


def test_tasks_fall_on_the_last_milestone_before_their_day() -> None:
    found = tasks(
        Situation(
            today=TODAY,
            endings=(Ending("1", "near", "", day(80), day(45), True),),
            steps=(Dated("2", "soon", "", day(5)),),
            contacts=(Dated("3", "Zhou"),),
        ),
        TODAY,
    )
    placed = {one.key: (one.milestone, one.due) for one in found}
    assert placed["auto_renews:1"] == (Milestone.DAY_30, day(45))
    assert placed["step:2"] == (Milestone.DAY_1, day(5))
    assert placed["meet:3"] == (Milestone.DAY_30, day(29))
    assert placed["own_review"] == (Milestone.DAY_90, day(89))
    assert len(placed) == len(found) == 11
    assert [one.code for one in found][:1] == [TaskCode.CHECK_RIGHTS]
    assert milestone_of(day(59), TODAY) is Milestone.DAY_60


pytestmark = pytest.mark.django_db


@pytest.fixture
def house(make_user):
    """Return the owner, the heir, a stranger and the account."""
    owner, heir, stranger = (
        actor_for(make_user(name, "kam")) for name in ("owner", "heir", "stranger")
    )
    one = account(owner, "H-1")
    accounts.set_profile(
        actor=owner, account_id=one.id, key="risks", value="They pay late.",
        reviewed_on=date(2024, 1, 1),
    )  # fmt: skip
    return owner, heir, stranger, one


def test_the_pack_is_for_who_may_see_the_account(house) -> None:
    owner, _heir, stranger, one = house
    found = pack_of(owner, one.id)
    profile = next(part for part in found.sections if part.key == "profile")
    assert "They pay late." in {line.value for line in profile.lines}
    assert TrapCode.PROFILE_STALE in {trap.code for trap in found.traps}
    assert found.handover is None
    with pytest.raises(NotFound):
        pack_of(stranger, one.id)


def test_a_reader_gets_no_terms(house, make_user) -> None:
    _owner, _heir, _stranger, one = house
    viewer = make_user("viewer", "viewer")
    accounts.share_account(
        actor=SYSTEM, account_id=one.id, user_id=viewer.pk, reason="holidays of the owner"
    )
    found = {part.key: part for part in pack_of(actor_for(viewer), one.id).sections}
    assert {key for key, part in found.items() if part.closed} >= {"promised", "claims", "dates"}
    assert not any(part.lines for part in found.values() if part.closed)


def test_prepared_handed_accepted_each_with_one_row_in_the_trail(house) -> None:
    owner, heir, stranger, one = house
    on = timezone.localdate()
    made = services.prepare(
        actor=owner, account_id=one.id, to_user_id=heir.user_id or 0, on=on, note="Be kind."
    )
    assert (made.state, made.from_name, made.to_name) == (HandState.PREPARED, "owner", "heir")
    assert owner_name(owner, one.id) == "owner"
    with pytest.raises(Conflict):
        services.prepare(actor=owner, account_id=one.id, to_user_id=heir.user_id or 0, on=on)
    with pytest.raises(NotFound):
        services.accept(actor=heir, account_id=one.id)  # not theirs to see yet
    with pytest.raises(NotFound):
        services.hand(actor=stranger, account_id=one.id)
    services.hand(actor=owner, account_id=one.id)
    assert owner_name(heir, one.id) == "heir"
    with pytest.raises(NotFound):
        pack_of(owner, one.id)
    key = pack_of(heir, one.id).tasks[0].key
    ticked = services.tick(actor=heir, account_id=one.id, key=key, done=True)
    assert ticked.ticks[key].by == heir.name
    assert services.tick(actor=heir, account_id=one.id, key=key, done=True).version == 3
    assert services.accept(actor=heir, account_id=one.id).state is HandState.ACCEPTED
    with pytest.raises(Conflict):
        services.accept(actor=heir, account_id=one.id)
    rows = AuditEntry.objects.filter(subject_type="handover").order_by("id")
    assert [row.action for row in rows] == [
        "handover.prepare", "handover.hand", "handover.tick", "handover.accept"
    ]  # fmt: skip
    assert services.tick(actor=heir, account_id=one.id, key=key, done=False).ticks == {}


def test_what_cannot_be_handed_over_changes_nothing(house, make_user) -> None:
    owner, heir, _stranger, one = house
    on = timezone.localdate()
    admin = make_user("admin", "admin")
    for to in (owner.user_id or 0, admin.pk, 987_654):
        with pytest.raises(Invalid):
            services.prepare(actor=owner, account_id=one.id, to_user_id=to, on=on)
    assert not models.HandoverRow.objects.exists()
    services.prepare(actor=owner, account_id=one.id, to_user_id=heir.user_id or 0, on=on)
    with pytest.raises(NotAllowed):
        services.tick(actor=owner, account_id=one.id, key="read", done=True)
    with pytest.raises(NotFound):
        services.tick(actor=owner, account_id=one.id, key="no such task", done=True)


def test_the_page_and_its_documents(house, client_of) -> None:
    owner, heir, _stranger, one = house
    services.prepare(
        actor=owner, account_id=one.id, to_user_id=heir.user_id or 0,
        on=timezone.localdate(), note="They like tea.",
    )  # fmt: skip
    client = client_of(owner)
    text = strip_tags(client.get(f"/accounts/{one.id}/hand-over/pack/").content.decode())
    assert "They like tea." in text
    assert "They pay late." in text
    assert "Hand over now" in text
    word = client.get(f"/accounts/{one.id}/hand-over/pack/docx/")
    said = "\n".join(
        cell.text
        for table in Document(io.BytesIO(word.content)).tables
        for row in table.rows
        for cell in row.cells
    )
    assert "They pay late." in said
    assert "heir" in said
    assert zipfile.is_zipfile(io.BytesIO(word.content))
    assert client.get(f"/accounts/{one.id}/hand-over/pack/pdf/").content.startswith(b"%PDF")
    assert client.get(f"/accounts/{one.id}/hand-over/pack/exe/").status_code == 404
    answer = client.get(f"/api/accounts/{one.id}/hand-over").json()
    assert answer["handover"]["state"] == "prepared"
    assert {task["by_day"] for task in answer["tasks"]} == {1, 30, 60, 90}
    done = client.post(f"/accounts/{one.id}/hand-over/hand/")
    assert (done.status_code, done["Location"]) == (302, "/handovers/")


def post_move(client, one, to, on, **more):
    given = {"to_user": to.user_id, "day": on.isoformat(), "time": "00:00",
             "zone": "Europe/Paris", "reason": "Round of regions", **more}  # fmt: skip
    return client.post(f"/accounts/{one.id}/hand-over/", given)


def test_the_page_with_a_moment_takes_the_prepared_pack_along(house, client_of) -> None:
    owner, heir, _stranger, one = house
    services.prepare(
        actor=owner, account_id=one.id, to_user_id=heir.user_id or 0,
        on=timezone.localdate(), note="They like tea.",
    )  # fmt: skip
    client = client_of(owner)
    page = strip_tags(client.get(f"/accounts/{one.id}/hand-over/").content.decode())
    assert "Its pack is prepared" in page
    assert "They like tea." in page  # the reason begins with it
    assert "At a moment" in client.get(f"/accounts/{one.id}/hand-over/pack/").content.decode()
    soon = timezone.localdate() + timedelta(days=9)
    assert post_move(client, one, heir, soon).status_code == 302
    row = models.HandoverRow.objects.get()
    assert (row.state, row.to_user_id, row.note) == (HandState.HANDED, heir.user_id, row.note)
    assert row.handed_at is not None
    assert row.handed_at > timezone.now()
    assert owner_name(owner, one.id) == "owner"
    page = strip_tags(client.get(f"/accounts/{one.id}/hand-over/pack/").content.decode())
    assert "Waits for its moment" in page
    (waiting,) = handovers_for(owner, account_id=one.id)
    assert row.moved == waiting.id
    assert client.post(f"/handovers/{waiting.id}/cancel/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.moved, row.handed_at) == (HandState.PREPARED, None, None)
    services.hand(actor=owner, account_id=one.id)
    assert owner_name(heir, one.id) == "heir"
    actions = AuditEntry.objects.filter(subject_type="handover").order_by("id")
    assert list(actions.values_list("action", flat=True)) == [
        "handover.prepare", "handover.hand", "handover.take_back", "handover.hand",
    ]  # fmt: skip


def test_without_a_pack_the_page_begins_one_that_is_accepted(house, client_of) -> None:
    owner, heir, stranger, one = house
    page = strip_tags(client_of(owner).get(f"/accounts/{one.id}/hand-over/").content.decode())
    assert "Begin with the pack" in page
    services.hand_over(actor=owner, account_id=one.id, to_user_id=heir.user_id or 0,
                       reason="Round of regions")  # fmt: skip
    assert owner_name(heir, one.id) == "heir"
    # handed on before it was accepted: the pack is the next one's, its tasks begin again
    services.tick(actor=heir, account_id=one.id, key=pack_of(heir, one.id).tasks[0].key, done=True)
    made = services.hand_over(actor=heir, account_id=one.id, to_user_id=stranger.user_id or 0,
                              reason="Another round")  # fmt: skip
    assert (made.from_name, made.to_name, made.ticks) == ("heir", "stranger", {})
    assert services.accept(actor=stranger, account_id=one.id).state is HandState.ACCEPTED
    assert models.HandoverRow.objects.count() == 1


def test_what_the_team_refuses_leaves_the_pack_as_it_was(house) -> None:
    owner, heir, stranger, one = house
    services.prepare(actor=owner, account_id=one.id, to_user_id=heir.user_id or 0,
                     on=timezone.localdate())  # fmt: skip
    before, trail = models.HandoverRow.objects.get().snapshot(), AuditEntry.objects.count()
    past = timezone.now() - timedelta(days=1)
    for given in ({"reason": "x"}, {"reason": "Round of regions", "at": past},
                  {"reason": "Round of regions", "to_user_id": owner.user_id or 0}):  # fmt: skip
        with pytest.raises(Invalid):
            services.hand_over(actor=owner, account_id=one.id,
                               **{"to_user_id": stranger.user_id or 0, **given})  # fmt: skip
    assert models.HandoverRow.objects.get().snapshot() == before
    assert AuditEntry.objects.count() == trail
    soon = timezone.now() + timedelta(days=2)
    accounts.share_account(actor=SYSTEM, account_id=one.id, user_id=heir.user_id or 0,
                           reason="to read before")  # fmt: skip
    services.hand_over(actor=owner, account_id=one.id, to_user_id=heir.user_id or 0,
                       reason="Round of regions", at=soon)  # fmt: skip
    with pytest.raises(Conflict):
        services.accept(actor=heir, account_id=one.id)


def test_the_figures_of_the_word_file_prove_themselves(house) -> None:
    owner, _heir, stranger, one = house
    sell_in([(one.id, None, date(timezone.localdate().year, 1, 5), 25_000)])
    made = plan(owner, one)
    objective(owner, made)
    pack = pack_of(owner, one.id)
    (goal,) = [line for part in pack.sections if part.key == "plan" for line in part.lines]
    assert goal.amount == 25_000
    assert "25,000" in goal.value
    assert "." not in goal.value.partition("25,000")[2].strip(".0")
    content = document(paper_of(pack))
    figures = carried(content, "docx")
    assert goal.proof in {figure.proof for figure in figures}
    assert {found.verdict for found in check_figures(owner, figures)} == {Verdict.EQUAL}
    assert {found.verdict for found in check_figures(stranger, figures)} == {Verdict.UNKNOWN}
    said = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    assert goal.proof not in said  # no reader has to look at an id
