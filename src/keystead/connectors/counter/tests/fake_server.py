"""A COUNTER server in a thread: real HTTP with TLS, in the words of the official description.

It serves what the description (``COUNTER_API.json``) says where that lies beside the project:
any other path or parameter is an error of the client, and fails the test. Tests lay down what
it answers: ``plan["tr"]`` is a list of answers, given one after the other; after them it makes
reports from ``usage``.
"""

from __future__ import annotations

import copy
import datetime as dt
import ipaddress
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from keystead.connectors.counter.tests.reports import HEAD, ITEM, SAMPLES

CUSTOMER, REQUESTOR, KEY = "C-100", "req-7f3a", "key-91c5"
STATUS = {1000: 503, 1010: 503, 1011: 202, 1020: 429, 1030: 400, 2000: 401, 2010: 403, 2020: 401,
          3020: 400, 3030: 200, 3031: 200, 3032: 200, 3040: 200}  # fmt: skip
WORDS = {1000: "Service Not Available", 1010: "Service Busy", 1011: "Report Queued for Processing",
         1020: "Client has made too many requests",
         1030: "Insufficient Information to Process Request",
         2000: "Requestor Not Authorized to Access Service",
         2010: "Requestor is Not Authorized to Access Usage for Institution",
         2020: "APIKey Invalid", 3030: "No Usage Available for Requested Dates",
         3031: "Usage Not Ready for Requested Dates",
         3032: "Usage No Longer Available for Requested Dates",
         3040: "Partial Data Returned"}  # fmt: skip


class FakeServer:
    """What the server knows, what it is told to answer, and what it was asked."""

    def __init__(self) -> None:
        self.description = _description()
        self.url = ""
        self.reset()

    def reset(self) -> None:
        self.plan: dict[str, list[Any]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.wrong: list[str] = []
        self.usage: dict[str, int] = {f"2025-{month:02d}": 10 for month in range(1, 7)}
        self.ready_until = "2025-06"
        self.members: list[dict[str, Any]] = []
        self.customers = {CUSTOMER: ("Lakeside University", {"ROR": ["03yrm5c26"]})}
        self.created = 0

    def calls(self, path: str) -> list[dict[str, str]]:
        return [said for where, said in self.asked if where == path]

    def report(self, said: dict[str, str], *codes: int, data: str = "") -> dict[str, Any]:
        """Return a title report of the months that were asked for, as COUNTER says."""
        self.created += 1
        name, ids = self.customers[said["customer_id"]]
        begin, end = said["begin_date"], said["end_date"]
        months = {one: count for one, count in self.usage.items() if begin <= one <= end and count}
        head = copy.deepcopy(HEAD) | {
            "Institution_Name": name, "Institution_ID": ids,
            "Created": f"2025-07-01T00:00:{self.created:02d}Z",
        }  # fmt: skip
        last = dt.date(int(end[:4]) + int(end[5:]) // 12, int(end[5:]) % 12 + 1, 1)
        last -= dt.timedelta(days=1)
        head["Report_Filters"] = {"Begin_Date": f"{begin}-01", "End_Date": f"{last}"}
        if codes:
            head["Exceptions"] = [exception(code, data) for code in codes]
        item = copy.deepcopy(ITEM)
        part = item["Attribute_Performance"][0]
        part["Performance"] = {
            name: dict(months)
            for name in ("Total_Item_Investigations", "Unique_Item_Investigations",
                         "Total_Item_Requests", "Unique_Item_Requests")
        }  # fmt: skip
        item["Attribute_Performance"] = [part]
        return {"Report_Header": head, "Report_Items": [item] if months else []}

    def answer(self, path: str, said: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        self.asked.append((path, said))
        self._compare(path, said)
        if path == "/r51/status":
            return _json(200, [{"Service_Active": True}])
        if said.get("requestor_id") not in {REQUESTOR, "req-member"}:
            return _json(401, exception(2000))
        if said.get("api_key") != KEY:
            return _json(401, exception(2020))
        told = self.plan.get(path.rsplit("/", 1)[-1]) or []
        return self._told(told.pop(0), said) if told else self._usual(path, said)

    def _usual(self, path: str, said: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if path == "/r51/reports":
            return _json(200, [{"Report_Name": "Title Report", "Report_ID": "TR", "Release": "5.1",
                                "Report_Description": "Titles",
                                "First_Month_Available": "2025-01",
                                "Last_Month_Available": self.ready_until}])  # fmt: skip
        if path == "/r51/members":
            return _json(200, self.members)
        if said["customer_id"] not in self.customers:
            return _json(403, exception(2010))
        made = self.report(said)
        return _json(200, made if made["Report_Items"] else self.report(said, 3030))

    def _told(self, told: Any, said: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if callable(told):
            return _json(200, told(said))
        if isinstance(told, bytes):
            return 200, {}, told
        if isinstance(told, float):
            time.sleep(told)
            return _json(200, self.report(said))
        code, header = told if isinstance(told, tuple) else (told, "")
        headers = {"Retry-After": header} if header else {}
        if STATUS[code] == 200:
            return _json(200, self._empty(said, code))
        status, _none, body = _json(STATUS[code], exception(code))
        return status, headers, body

    def _empty(self, said: dict[str, str], code: int) -> dict[str, Any]:
        made = self.report(said, code)
        made["Report_Items"] = []
        return made

    def _compare(self, path: str, said: dict[str, str]) -> None:
        """Note what the official description does not know."""
        if not self.description:
            return
        operation = self.description["paths"].get(path, {}).get("get")
        if operation is None:
            self.wrong.append(f"no path {path}")
            return
        known = {one["$ref"].rsplit("/", 1)[-1] for one in operation.get("parameters", [])}
        if extra := set(said) - known:
            self.wrong.append(f"{path}: {sorted(extra)}")


def exception(code: int, data: str = "") -> dict[str, Any]:
    return {"Code": code, "Message": WORDS[code], **({"Data": data} if data else {})}


def _json(status: int, said: Any) -> tuple[int, dict[str, str], bytes]:
    return status, {"Content-Type": "application/json"}, json.dumps(said).encode()


def _description() -> dict[str, Any]:
    path = SAMPLES / "COUNTER_API.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def serve(folder: Path) -> tuple[FakeServer, ThreadingHTTPServer, Path]:
    """Start the server; returns it, the thread's server to stop, and the certificate to trust."""
    fake = FakeServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, headers, body = fake.answer(parts.path, dict(parse_qsl(parts.query)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    pem = _certificate(folder)
    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    inside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    inside.load_cert_chain(pem)
    web.socket = inside.wrap_socket(web.socket, server_side=True)
    threading.Thread(target=web.serve_forever, args=(0.05,), daemon=True).start()
    fake.url = f"https://127.0.0.1:{web.server_address[1]}"
    return fake, web, pem


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "counter.example")])
    now, hour = dt.datetime.now(dt.UTC), dt.timedelta(hours=1)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - hour).not_valid_after(now + hour)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return pem
