"""`sereno cameras diagnose`: what is wrong with a stream, step by step."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sereno.base.errors import Invalid, NotFound, Words
from sereno.cli.finding import find
from sereno.cli.language import say
from sereno.cli.options import Data, Json, PasswordFile, User
from sereno.policy.diagnosis import name_of, summary_of, verdict_of

if TYPE_CHECKING:
    from sereno.box.api import Api
    from sereno.media.contract import StreamTask
    from sereno.policy.reasons import Reason
    from sereno.wire.errands import DiagnosisReport, StepReport

ASK_SECONDS = 0.3
FAILED_STATUS = 1
_SIGNS = {"ok": "✓", "warning": "!", "failed": "✗"}

Target = Annotated[
    str,
    typer.Argument(
        metavar="CAMERA|ADDRESS",
        help=say(
            "A camera by name or id, which its node tries; or an address, tried from this machine.",
            "Una cámara por nombre o id, que prueba su nodo; o una dirección, desde esta máquina.",
        ),
    ),
]
Stream = Annotated[Literal["main", "sub"], typer.Option(help="main, sub")]
SiteName = Annotated[
    str | None,
    typer.Option(
        "--site",
        metavar="SITE",
        help=say(
            "Have a node of this site try the address.",
            "Que un nodo de este sitio pruebe la dirección.",
        ),
    ),
]
NodeName = Annotated[
    str | None,
    typer.Option(
        "--node",
        metavar="NODE",
        help=say("Have this node try the address.", "Que este nodo pruebe la dirección."),
    ),
]

_ONLY_ADDRESS = Words(
    "A camera is tried by its own node with its own user. Leave out --{option}, or give an "
    "address.",
    "Una cámara la prueba su propio nodo con su propio usuario. Quite --{option} o indique una "
    "dirección.",
)
_NO_SITE = Words(
    "There is no site “{name}”. There are: {known}.",
    "No existe el sitio «{name}». Existen: {known}.",
)


def diagnose(
    target: Target,
    stream: Stream = "main",
    site: SiteName = None,
    node: NodeName = None,
    username: User = None,
    password_file: PasswordFile = None,
    as_json: Json = False,
    data: Data = None,
) -> None:
    from sereno.cli.terminal import print_json, print_line

    printer = Printer(print_line if not as_json else None)
    if "://" not in target:
        _refuse(site=site, node=node, user=username, password_file=password_file)
        answer = _of_camera(target, stream, data, printer.show)
    else:
        login = _login(target, username, password_file)
        if site is not None or node is not None:
            answer = _from_node(login, site, node, data, printer.show)
        else:
            answer = _from_here(login, stream, data, printer.show)
    if as_json:
        print_json(answer)
    elif answer["summary"] is not None:
        print_line(say(answer["summary"]["en"], answer["summary"]["es"]))
    if answer["verdict"] not in ("ok", "warning"):
        raise typer.Exit(FAILED_STATUS)


@dataclass(slots=True)
class Printer:
    """Prints each step once it has ended, and again where more is known of it later."""

    write: Callable[[str], None] | None
    _shown: dict[str, str] = field(default_factory=dict)

    def show(self, answer: Mapping[str, Any]) -> None:
        """An answer of the API, of which the next may say more."""
        for step in answer["steps"]:
            if self.write is None or step["verdict"] not in _SIGNS:
                continue
            text = "\n".join(_lines(step))
            if self._shown.get(step["step"]) != text:
                self._shown[step["step"]] = text
                self.write(text)


def _lines(step: Mapping[str, Any]) -> Iterator[str]:
    name = say(step["name"]["en"], step["name"]["es"])
    spent = "" if step["ms"] is None else f"{step['ms']:.0f} ms"
    yield f"{_SIGNS[step['verdict']]} {name:27}{spent:>9}  {step['saw']}".rstrip()
    told = [] if step["words"] is None else [step["words"]]
    for words in (*told, *step["advice"]):
        yield f"    {say(words['en'], words['es'])}"


def _refuse(**options: object) -> None:
    """Raises Invalid for what only goes with an address."""
    for name, given in options.items():
        if given is not None:
            option = name.replace("_", "-")
            raise Invalid("only_address", _ONLY_ADDRESS.fill(option=option), field=f"--{option}")


@dataclass(frozen=True, slots=True)
class Login:
    """An address without credentials, and those."""

    address: str
    username: str
    password: str


def _login(address: str, username: str | None, file: Path | None) -> Login:
    """Raises Invalid for what no camera's address can be."""
    from sereno.cli.cameras import ask_password, needs_password
    from sereno.sites.addresses import parse_address

    parsed = parse_address(address)
    password = ask_password(file, is_needed=needs_password(address, username))
    return Login(
        parsed.without_credentials,
        username or parsed.username or "",
        password or parsed.password or "",
    )


def _of_camera(
    name: str, stream: str, data: Path | None, show: Callable[[Mapping[str, Any]], None]
) -> dict[str, Any]:
    from sereno.cli.running import api_of

    api = api_of(data)
    camera = api.camera(name)
    asked = api.post(f"cameras/{camera['id']}/diagnoses", {"stream": stream})
    return _follow(api, asked["id"], show)


def _from_node(
    login: Login,
    site: str | None,
    node: str | None,
    data: Path | None,
    show: Callable[[Mapping[str, Any]], None],
) -> dict[str, Any]:
    from sereno.cli.running import api_of

    api = api_of(data)
    chosen = find(api, "nodes", node) if node is not None else None
    site_id = _site_id(api.get("sites"), site) if site is not None else None
    if site_id is None and chosen is not None:
        site_id = chosen["site_id"]
    body = {
        "address": login.address,
        "username": login.username or None,
        "password": login.password or None,
        "node_id": chosen["id"] if chosen else None,
    }
    return _follow(api, api.post(f"sites/{site_id}/diagnoses", body)["id"], show)


def _site_id(sites: Iterable[Mapping[str, Any]], name: str) -> int:
    """By its name, or its id. Raises NotFound."""
    sites, wanted = list(sites), name.strip().casefold()
    for site in sites:
        if site["name"].casefold() == wanted or str(site["id"]) == wanted:
            found: int = site["id"]
            return found
    known = ", ".join(site["name"] for site in sites)
    raise NotFound("no_site", _NO_SITE.fill(name=name, known=known), field="--site")


def _follow(api: Api, errand_id: str, show: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """Show what is found until there is no more; the hub ends it after a minute."""
    while True:
        answer: dict[str, Any] = api.get(f"diagnoses/{errand_id}")
        show(answer)
        if answer["state"] in ("done", "expired"):
            return answer
        time.sleep(ASK_SECONDS)


def _from_here(
    login: Login, stream: str, data: Path | None, show: Callable[[Mapping[str, Any]], None]
) -> dict[str, Any]:
    import asyncio
    from uuid import uuid4

    from sereno.media.contract import StreamTask

    task = StreamTask.model_validate(
        {
            "camera_id": uuid4(),
            "stream": stream,
            "address": login.address,
            "username": login.username,
            "password": login.password,
            "footage_dir": "nowhere",
        }
    )
    report = asyncio.run(_run(task, data, lambda told: show(answer_of(told))))
    return {"id": None} | answer_of(report)


async def _run(
    task: StreamTask, data: Path | None, tell: Callable[[DiagnosisReport], None]
) -> DiagnosisReport:
    from sereno.base.clock import SystemClock
    from sereno.box.settings import load_settings
    from sereno.media.diagnosis.diagnose import Diagnosis
    from sereno.media.doors import Doors

    # Where a node runs on this machine, its recordings are in each other's way as little as always.
    folder = load_settings(data=data).data_dir.doors
    clock = SystemClock()
    doors = Doors(folder if folder.is_dir() else None, clock)
    try:
        return await Diagnosis(task, clock, doors, tell).run()
    finally:
        doors.close()


def answer_of(report: DiagnosisReport) -> dict[str, Any]:
    """As the API answers, for a diagnosis that was made without it."""
    findings = [step.to_finding() for step in report.steps]
    return {
        "state": "done" if report.is_done else "running",
        "verdict": verdict_of(findings) if report.is_done else None,
        "started_at": report.started_at.isoformat(),
        "engine": report.engine,
        "steps": [_step(step) for step in report.steps],
        "summary": summary_of(findings)._asdict() if report.is_done else None,
    }


def _step(step: StepReport) -> dict[str, Any]:
    found = step.to_finding()
    return {
        "step": step.step,
        "name": name_of(step.step)._asdict(),
        "verdict": step.verdict,
        "ms": step.ms,
        "saw": step.saw,
        "words": found.reason.words()._asdict() if found.reason else None,
        "advice": [_advice(each) for each in found.advice],
        "raw": found.reason.raw if found.reason else "",
    }


def _advice(reason: Reason) -> dict[str, str]:
    return {"key": reason.key} | reason.words()._asdict()
