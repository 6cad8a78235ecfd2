"""Files about people: cards and tables looked over, then entered; mails and invitations as talks."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keystead.accounts.tests.factories import account
from keystead.kernel.errors import Conflict, Invalid, SourceProblem
from keystead.kit.files.letters.cards import read_cards
from keystead.kit.files.letters.invitations import read_invitation
from keystead.kit.files.letters.mails import read_mail
from keystead.kit.files.types import Refused
from keystead.kit.models import AuditEntry
from keystead.kit.office import Column, Sheet, workbook
from keystead.stakeholders import models, services
from keystead.stakeholders.queries.letters import read_message, read_people, talk_of
from keystead.stakeholders.tests.factories import person
from keystead.stakeholders.types import Basis, Draft, FileLine, FileTerms

CARDS = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Dupont;Hélène;;Dr;\r\nFN:Dr Hélène Dupont\r\n"
    "TITLE:Direc\r\n tor\r\nEMAIL;TYPE=HOME:h@home.fr\r\nEMAIL;TYPE=WORK:h@chu.fr\r\n"
    "END:VCARD\r\nBEGIN:VCARD\r\nVERSION:2.1\r\n"
    "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E7=8E=8B;=E5=B0=8F=\r\n=E6=98=8E\r\n"
    "END:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nFN:=HYPERLINK(1)\r\nEND:VCARD\r\n"
).encode()
MAIL = (
    b"From: =?utf-8?q?H=C3=A9l=C3=A8ne?= <H@chu.fr>\r\nTo: us@x.org, Zoe Stranger <z@away.fr>\r\n"
    b"Date: Thu, 05 Mar 2026 10:00:00 +0000\r\nSubject: Renewal\r\nMessage-ID: <1@chu.fr>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nZoe Stranger (z@away.fr) agrees.\r\n> old\r\n"
    b"--b\r\nContent-Disposition: attachment; filename=offer.pdf\r\n\r\nsecret\r\n--b--\r\n"
)
TERMS = FileTerms(basis=Basis.INTEREST, basis_note="Fair 2026")


def test_cards_of_several_versions_are_read_without_private_data():
    one, two, _three = read_cards(CARDS)["people"]
    assert (one["name"], one["title"], one["job_title"], one["email"]) == (
        "Hélène Dupont", "Dr", "Director", "h@chu.fr",
    )  # fmt: skip
    assert (two["line"], two["name"]) == (10, "王小明")


def test_hostile_files_end_in_a_refusal_or_a_short_answer():
    huge = b"BEGIN:VCARD\nFN:A\nPHOTO:" + b"x\n " * 300_000 + b"\nEND:VCARD\n"
    assert read_cards(huge)["people"][0]["name"] == "A"
    assert read_cards(b"BEGIN:VCARD\nFN:A\nBEGIN:VCARD\n")["people"][0]["problem"] == "open"
    for reader in (read_cards, read_invitation, read_mail):
        with pytest.raises(Refused):
            reader(b"\xff\x00\x81 nothing")
    with pytest.raises(Refused, match="too_many"):
        read_cards(b"BEGIN:VCARD\nFN:A\nEND:VCARD\n" * 501)
    parts = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at) for at in range(60)
    )
    assert read_mail(b"From: a@x.fr\nSubject: =?no?q?=FF?=\n" + parts)["text"] == ""


@pytest.mark.parametrize(
    ("start", "when"),
    [
        ("DTSTART;VALUE=DATE:20260305", "2026-03-05"),
        ("DTSTART;TZID=Asia/Shanghai:20260305T090000", "2026-03-05T09:00:00+08:00"),
        ("DTSTART:20260305T090000Z", "2026-03-05T09:00:00+00:00"),
        ("DTSTART;TZID=Nowhere:20260305T090000", "2026-03-05T09:00:00"),
    ],
)
def test_the_day_of_an_invitation(start, when):
    text = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\n{start}\nSUMMARY:Re\n view\nBEGIN:VALARM\n"
    text += "SUMMARY:Alarm\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n"
    found = read_invitation(text.encode())
    assert (found["when"], found["subject"]) == (when, "Review")


def series(count):
    events = "".join(
        f"BEGIN:VEVENT\nUID:e{at}\nDTSTART;VALUE=DATE:202603{at % 28 + 1:02}\nSUMMARY:Round {at}\n"
        "ORGANIZER:mailto:a@chu.fr\nEND:VEVENT\n"
        for at in range(count)
    )
    return f"BEGIN:VCALENDAR\n{events}END:VCALENDAR\n".encode()


def test_all_events_of_a_file_are_read_up_to_fifty():
    found = read_invitation(series(60))
    assert (found["events"], found["subject"], len(found["more"])) == (60, "Round 0", 49)
    assert [one["subject"] for one in found["more"][:2]] == ["Round 1", "Round 2"]
    undated = series(2).replace(b"DTSTART;VALUE=DATE:20260301", b"DTSTART:soon")
    assert read_invitation(undated)["subject"] == "Round 1"  # one without a day is left out
    with pytest.raises(Refused):
        read_invitation(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:No day\nEND:VEVENT\n")


@pytest.mark.django_db
def test_each_event_of_a_file_can_be_written_down(client_of, kam):
    chu, other = account(kam, "CHU"), account(kam, "OTHER")
    client = client_of(kam)
    sent = {"file": SimpleUploadedFile("round.ics", series(3))}
    page = client.post(f"/accounts/{chu.id}/people/talk/read/", sent)
    assert page.context["form"]["subject"].value() == "Round 0"
    more = page.context["more"]
    assert [one.subject for one, _packed in more] == ["Round 1", "Round 2"]
    there = client.post(f"/accounts/{chu.id}/people/talk/read/", {"event": more[1][1]})
    assert there.context["form"]["subject"].value() == "Round 2"
    assert str(there.context["form"]["on"].value()) == "2026-03-03"
    for wrong in (more[1][1][:-3], more[1][1] + "x"):
        answer = client.post(f"/accounts/{chu.id}/people/talk/read/", {"event": wrong})
        assert answer.status_code == 302
    away = client.post(f"/accounts/{other.id}/people/talk/read/", {"event": more[1][1]})
    assert away.status_code == 302  # what was read for one account is not written at another


@pytest.mark.django_db
def test_a_file_is_looked_over_then_entered_once(client_of, kam, other_kam):
    chu = account(kam, "CHU")
    path = f"/accounts/{chu.id}/people/import/"
    client = client_of(kam)
    sent = {"file": SimpleUploadedFile("p.vcf", CARDS), "basis": "interest"}
    assert client.post(path, sent).status_code == 422
    assert client_of(other_kam).get(path).status_code == 404
    entries = AuditEntry.objects.count()
    sent |= {"file": SimpleUploadedFile("p.vcf", CARDS), "basis_note": "Fair 2026"}
    shown = client.post(path, sent)
    assert (shown.status_code, len(shown.context["people"])) == (200, 2)
    assert [one.line for one in shown.context["refused"]] == [15]
    assert not models.Person.objects.exists()
    packed = {"packed": shown.context["packed"], "take": ["0", "1"]}
    assert client.post(path, packed).status_code == 302
    assert {one.basis_note for one in models.Person.objects.all()} == {"Fair 2026"}
    assert AuditEntry.objects.filter(action="contact.create").count() == 2
    assert AuditEntry.objects.count() >= entries + 2
    assert client.post(path, packed).status_code == 409
    assert models.Person.objects.count() == 2


@pytest.mark.django_db
def test_all_or_nothing(kam):
    chu = account(kam, "CHU")
    lines = (FileLine(2, Draft(name="Ann Roy")), FileLine(3, Draft(name="Bo Li", email="b@x.fr")))
    one = person(kam, chu, "Bo", email="b@x.fr")
    found = services.look_over(actor=kam, account_id=chu.id, lines=lines, terms=TERMS)
    assert [c.known.id if c.known else None for c in found] == [None, one.id]
    with pytest.raises(Conflict):
        services.import_people(
            actor=kam, account_id=chu.id, lines=lines, terms=TERMS, chosen={0: None, 1: None}
        )
    assert models.Person.objects.count() == 1


@pytest.mark.django_db
def test_a_table_in_chinese():
    (one,) = read_people("姓,名,邮箱,职务\n王,小明,w@x.cn,主任\n".encode(), name="p.csv")
    assert one.draft == Draft(name="王小明", email="w@x.cn", job_title="主任")


@pytest.mark.django_db
def test_a_mail_is_offered_without_strangers_and_stored_by_nobody(client_of, kam):
    chu = account(kam, "CHU")
    one = person(kam, chu, email="h@chu.fr")
    found = talk_of(kam, chu.id, read_message(MAIL, name="m.eml"))
    assert (found.entry.on, found.entry.people) == (date(2026, 3, 5), (one.id,))
    assert found.entry.summary == "… (…) agrees."
    assert [s.email for s in found.strangers] == ["us@x.org", "z@away.fr"]
    path = f"/accounts/{chu.id}/people/talk/read/"
    shown = client_of(kam).post(path, {"file": SimpleUploadedFile("m.eml", MAIL)})
    plain = re.sub(r"<[^>]+>", " ", shown.content.decode())
    assert "offer.pdf" in plain
    assert not models.Interaction.objects.exists()
    assert client_of(kam).post(path).status_code == 302


@pytest.mark.django_db
def test_tables_of_people_with_french_and_chinese_heads_in_any_encoding():
    """An Excel file with French heads; a Chinese list as GB18030; both through the capped child."""
    from_excel = workbook([Sheet("Contacts", [Column("Nom"), Column("Courriel"), Column("Fonction")],
                                 [["Hélène Dupont", "h@chu.fr", "Directrice"]])])  # fmt: skip
    (one,) = read_people(from_excel, name="contacts.xlsx")
    assert (one.draft.name, one.draft.email, one.draft.job_title) == (
        "Hélène Dupont", "h@chu.fr", "Directrice",
    )  # fmt: skip
    chinese = "姓名,邮箱,职务\n林薇,lin@yy.cn,主任\n".encode("gb18030")
    (two,) = read_people(chinese, name="联系人.csv")
    assert (two.draft.name, two.draft.email, two.draft.job_title) == ("林薇", "lin@yy.cn", "主任")


@pytest.mark.django_db
def test_a_fault_in_the_middle_enters_nobody(kam):
    chu = account(kam, "CHU")
    lines = tuple(
        FileLine(at, Draft(name=name, email=f"p{at}@x.fr"))
        for at, name in enumerate(("Ann Roy", "Bo Li", "N" * 400), 2)
    )
    before = AuditEntry.objects.count()
    with pytest.raises((Conflict, Invalid)):
        services.import_people(
            actor=kam, account_id=chu.id, lines=lines, terms=TERMS,
            chosen={0: None, 1: None, 2: None},
        )  # fmt: skip
    assert (models.Person.objects.count(), AuditEntry.objects.count()) == (0, before)


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "name"), [
    (b"PK\x03\x04" + b"\0" * 400, "people.xlsx"), (b"\0\xff\xfe" * 99, "people.csv"),
    (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "people.xlsx"),
    (b"", "people.csv"), (b"MZ\x90", "people.exe"),
    (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 5000, "people.ics"),
])  # fmt: skip
def test_hostile_files_are_refused_in_a_sentence(content, name):
    with pytest.raises((Invalid, SourceProblem)) as refused:
        read_people(content, name=name)
    assert refused.value.message
