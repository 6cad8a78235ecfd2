"""The pages of splits and votes: what one sees live, what is stored, what nobody else may see."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from keystead.negotiation import queries
from keystead.negotiation.tests.house import consortium
from keystead.negotiation.tests.test_plans import begun
from keystead.negotiation.types.plans import Answer, PlanState


def words(response):
    """The words of a page without its marks and spaces between digits."""
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", text.replace("\u202f", "").replace(",", ""))


def rules(plan, **more):
    members = {f"answer_{one.account_id}": "in" for one in plan.members}
    return {"version": plan.version, "total": "1000", "method": "proportional", "measure": "beds",
            "on_opt_out": "total_stays", "open_joins": "on", "quorum_measure": "", **members,
            **more}  # fmt: skip


@pytest.mark.django_db
def test_a_split_is_tried_live_and_then_stored(kam, client_of):
    plan = begun(kam)
    client = client_of(kam)
    page = words(client.get(reverse("negotiation:fee_plan", args=[plan.id])))
    assert "166.67" in page
    assert "QNOTE" in page
    preview = reverse("negotiation:preview_fees", args=[plan.id])
    tried = words(client.post(preview, rules(plan, method="equal")))
    assert "333.34" in tried
    tight = words(client.post(preview, rules(plan, floor="100", cap="300")))
    assert "It works from € 300.00 to € 900.00." in tight.replace("\xa0", " ")
    assert "number" in words(client.post(preview, rules(plan, total="much"))).lower()
    assert queries.fee_plan_for(kam, plan.id) == plan
    out = plan.members[2].account_id
    save = reverse("negotiation:save_fees", args=[plan.id])
    body = rules(plan, method="bands", bands="0 = 1\n150 = 3", **{f"answer_{out}": "out"})
    assert client.post(save, body).status_code == 302
    stored = queries.fee_plan_for(kam, plan.id)
    assert stored.members[2].answer is Answer.OUT
    assert stored.rules.method["bands"][1] == {"from": "150", "points": "3"}
    shown = words(client.get(reverse("negotiation:fee_plan", args=[plan.id])))
    assert "Who pays more because others stay out" in shown
    assert client.post(save, body).status_code == 409
    assert client.post(save, rules(stored, method="fixed_plus", fixed="")).status_code == 422
    assert queries.fee_plan_for(kam, plan.id) == stored


@pytest.mark.django_db
def test_every_method_of_the_form_can_be_tried(kam, client_of):
    plan = begun(kam)
    names = [*plan.measures, "equal"]
    client = client_of(kam)
    preview = reverse("negotiation:preview_fees", args=[plan.id])
    mixed = {f"mix_{at}": {"beds": "70", "equal": "30"}.get(name, "")
             for at, name in enumerate(names)}  # fmt: skip
    for more, found in (
        ({"method": "mix", **mixed}, "216.67"),
        ({"method": "fixed_plus", "fixed": "100"}, "216.67"),
        ({"method": "shapley", "steps": "100 = 10"}, "166.67"),
        ({"method": "savings_share", "measure": "bid"}, "has no figure “Bid”"),
        ({"method": "manual", "why": "as told"}, "has no fee by hand"),
        ({"method": "bids", "measure": "beds"}, "It works from € 0.00 to € 600.00."),
        ({"method": "contested_garment", "measure": "beds", "total": "300"}, "150.00"),
    ):
        seen = words(client.post(preview, rules(plan, **more))).replace("\xa0", " ")
        assert found in seen, (more, seen[:400])


@pytest.mark.django_db
def test_members_steps_and_papers_work_through_the_pages(kam, client_of, make_actor):
    plan = begun(kam)
    client = client_of(kam)
    url = reverse("negotiation:fee_members", args=[plan.id])
    body = {"version": plan.version, "figure": ""}
    for one in plan.members:
        key = one.account_id
        body |= {f"answer-{key}": "in", f"previous-{key}": "300", f"figure0-{key}": "50",
                 f"hand-{key}": "", f"reason-{key}": ""}  # fmt: skip
    assert client.post(url, body).status_code == 302
    assert words(client.get(reverse("negotiation:fee_plan", args=[plan.id]))).count("333.3") > 3
    step = lambda name: reverse("negotiation:fee_step", args=[plan.id, name])  # noqa: E731
    version = queries.fee_plan_for(kam, plan.id).version
    client.post(step("agree"), {"version": version})
    assert queries.fee_plan_for(kam, plan.id).state is PlanState.AGREED
    assert client.get(reverse("negotiation:fee_schedule", args=[plan.id])).status_code == 200
    letters = reverse("negotiation:fee_letters", args=[plan.id])
    sent = client.post(letters, {"language": "fr", "on": "2026-11-02", "sender": ""})
    assert sent.headers["Content-Type"] == "application/zip"
    client.post(step("revise"))
    assert [one.number for one in queries.fee_plans_of(kam, plan.account_id)] == [2, 1]
    reader = client_of(make_actor("ming", "sales_ops"))
    listed = words(reader.get(reverse("negotiation:fee_plans", args=[plan.account_id])))
    assert "Fees 2027 (1)" in listed
    assert "Fees 2027 (2)" not in listed
    seen = words(reader.get(reverse("negotiation:fee_plan", args=[plan.id])))
    assert "QNOTE" not in seen
    for name in ("edit_fees", "fee_members"):
        assert reader.get(reverse(f"negotiation:{name}", args=[plan.id])).status_code == 403
    draft = queries.fee_plans_of(kam, plan.account_id)[0]
    assert reader.get(reverse("negotiation:fee_plan", args=[draft.id])).status_code == 404
    assert reader.get(reverse("negotiation:fee_schedule", args=[draft.id])).status_code in (
        403,
        404,
    )


@pytest.mark.django_db
def test_a_vote_is_counted_and_names_who_can_stop_it(kam, client_of):
    group = consortium(kam)
    client, url = client_of(kam), reverse("negotiation:votes", args=[group.id])
    first = words(client.get(url))
    assert "The motion passes. It takes 2 members at least to stop it." in first
    page = client.get(
        url,
        {"weight": "beds", "threshold": "50", "strict": "on", "basis": "all", "quorum": "60",
         "quorum_weight": "beds"},
    )  # fmt: skip
    seen = words(page)
    assert "Alone can stop it: Hospital 3." in seen
    assert "66.7%" in seen
    missing = words(client.get(url, {"weight": "beds", "threshold": "", "basis": "all"}))
    assert "The motion passes." in missing
