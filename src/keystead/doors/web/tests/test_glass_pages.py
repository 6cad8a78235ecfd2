"""Break-glass on the pages: banner, reading only, the notice of compliance."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from keystead.doors.web.models import Notice
from keystead.doors.web.tests.house import account
from keystead.kit.access import Actor
from keystead.kit.models import BreakGlass

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "The warehouse feed shows nothing since noon"


def test_an_hour_of_reading_with_a_banner_on_each_page(
    admin: Actor, kam: Actor, sales_ops: Actor, make_actor, client_of: Callable[[Actor], Client]
) -> None:
    officer = make_actor("cleo", "compliance")
    one = account(sales_ops, "ONE", kam)
    client, compliance = client_of(admin), client_of(officer)
    assert client.get(f"/accounts/{one}/").status_code == 403
    assert client.post("/break-glass/", {"why": WHY}).status_code == 302
    page = client.get(f"/accounts/{one}/")
    assert page.status_code == 200
    for path in (f"/accounts/{one}/", "/", "/profile/", "/users/"):
        assert 'class="glass"' in client.get(path).content.decode(), path
    for path in (f"/accounts/{one}/edit/", "/accounts/portfolio.xlsx"):
        assert client.get(path).status_code == 403, path
    assert client.post("/accounts/views/", {"name": "x", "query": ""}).status_code == 403
    assert client.patch(f"/api/accounts/{one}", {}, "application/json").status_code in (403, 422)

    assert list(Notice.objects.values_list("user_id", "kind")) == [
        (officer.user_id, "broken_glass")
    ]
    assert WHY in compliance.get("/").content.decode()
    opened = BreakGlass.objects.get()
    assert WHY in compliance.get("/compliance/glass/").content.decode()
    assert compliance.post(f"/compliance/glass/{opened.pk}/end/").status_code == 302
    assert client.get(f"/accounts/{one}/").status_code == 403
    assert 'class="glass"' not in client.get("/").content.decode()
