"""Headers on every answer; a command sent twice has one effect."""

import pytest
from django.db import OperationalError
from django.http import HttpResponse, HttpResponseRedirect

from keystead.kit.http.commands import CommandMiddleware
from keystead.kit.http.headers import HeadersMiddleware
from keystead.kit.models import Command, User


def test_headers_forbid_inline_script_and_framing(rf):
    answer = HeadersMiddleware(lambda request: HttpResponse("x"))(rf.get("/"))
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.django_db(transaction=True)
class TestCommands:
    @pytest.fixture
    def user(self):
        return User.objects.create(username="lin")

    @pytest.fixture
    def send(self, rf, user):
        calls = []
        middleware = CommandMiddleware(lambda request: HttpResponse())

        def view(request):
            calls.append(request.path)
            User.objects.create(username=f"effect-{len(calls)}")
            return HttpResponseRedirect("/done/")

        def send(key="k1", path="/do/", view=view):
            request = rf.post(
                path, f"_command={key}", content_type="application/x-www-form-urlencoded"
            )
            request.user = user
            return middleware.process_view(request, view, (), {})

        send.calls = calls
        return send

    def effects(self):
        return User.objects.filter(username__startswith="effect").count()

    def test_twice_is_once_with_the_same_answer(self, send):
        first, second = send(), send()
        assert (first.status_code, first["Location"]) == (302, "/done/")
        assert (second.status_code, second["Location"]) == (302, "/done/")
        assert second["Idempotent-Replay"] == "true"
        assert (len(send.calls), self.effects()) == (1, 1)

    def test_without_an_id_the_view_is_left_alone(self, send):
        assert send(key="") is None

    def test_an_id_is_good_for_one_address_only(self, send):
        send()
        assert send(path="/else/").status_code == 409

    def test_a_refused_command_leaves_nothing_and_may_come_again(self, send):
        def refuse(request):
            User.objects.create(username="effect-half")
            return HttpResponse(status=422)

        assert send(view=refuse).status_code == 422
        assert (self.effects(), Command.objects.count()) == (0, 0)
        assert send().status_code == 302

    def test_a_failing_view_leaves_nothing(self, send):
        def fail(request):
            User.objects.create(username="effect-half")
            raise LookupError

        with pytest.raises(LookupError):
            send(view=fail)
        assert (self.effects(), Command.objects.count()) == (0, 0)

    def test_a_deadlock_is_tried_once_more(self, send):
        tries = []

        class Deadlock(Exception):
            sqlstate = "40P01"

        def once_locked(request):
            tries.append(1)
            if len(tries) == 1:
                raise OperationalError("deadlock") from Deadlock()
            return HttpResponse("ok")

        assert send(view=once_locked).content == b"ok"
        assert len(tries) == 2
