"""Sessions over HTTP, as a browser meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from sereno.accounts.actions import add_user, make_setup_link
from sereno.accounts.models import User
from sereno.accounts.queries import SYSTEM
from sereno.accounts.rules import Role
from sereno.audit.models import Entry

PASSWORD = "correct horse battery"


class Browser:
    """Keeps cookies and sends the CSRF header, as the pages do."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self("GET", "session")

    def __call__(
        self, method: str, path: str, body: object = None, *, has_csrf: bool = True
    ) -> Any:
        headers = {"x-forwarded-for": "192.0.2.1"}
        if has_csrf and "csrftoken" in self.client.cookies:
            headers["x-csrftoken"] = self.client.cookies["csrftoken"].value
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            data="" if body is None else json.dumps(body),
            content_type="application/json",
            headers=headers,
        )


@pytest.fixture
def browser(make_user: Callable[..., User]) -> Browser:
    make_user("ana", Role.ADMINISTRATOR)
    return Browser()


SIGN_IN = {"username": "ana", "password": PASSWORD}


def test_nobody_is_signed_in_at_first(browser: Browser) -> None:
    answer = browser("GET", "session").json()
    assert answer == {"user": None, "version": "0.1.0", "is_demo": False}
    assert browser("GET", "cameras").status_code == 401


def test_sign_in_and_out(browser: Browser) -> None:
    answer = browser("POST", "session", SIGN_IN)
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "ana"
    cookie = browser.client.cookies["sereno_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    user = browser("GET", "session").json()["user"]
    assert (user["is_admin"], user["role"]) == (True, "administrator")
    assert user["rights"] == ["view", "operate", "manage"]
    assert browser("GET", "cameras").status_code == 200
    assert browser("DELETE", "session").status_code == 204
    assert browser("GET", "cameras").status_code == 401


def test_a_wrong_password_is_answered_with_words(browser: Browser) -> None:
    answer = browser("POST", "session", {**SIGN_IN, "password": "wrong"})
    assert answer.status_code == 401
    assert answer.json()["error"]["es"] == "El nombre o la contraseña no son correctos."


def test_too_many_wrong_passwords_are_slowed(browser: Browser) -> None:
    for _ in range(5):
        browser("POST", "session", {**SIGN_IN, "password": "wrong"})
    answer = browser("POST", "session", SIGN_IN)
    assert answer.status_code == 401
    assert answer.json()["error"]["key"] == "sign_in_too_often"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "session", SIGN_IN), ("DELETE", "session", None), ("POST", "cameras", {})],
)
def test_writing_needs_the_csrf_header(
    browser: Browser, method: str, path: str, body: object
) -> None:
    browser("POST", "session", SIGN_IN)
    answer = browser(method, path, body, has_csrf=False)
    assert answer.status_code == 403
    assert answer.json()["error"]["key"] == "csrf"


def test_another_sites_page_is_refused(browser: Browser) -> None:
    browser("POST", "session", SIGN_IN)
    answer = browser.client.delete(
        "/api/v1/session",
        headers={
            "x-csrftoken": browser.client.cookies["csrftoken"].value,
            "origin": "http://evil.example",
        },
    )
    assert answer.status_code == 403


def test_a_link_sets_the_password_and_signs_in(db: None) -> None:
    browser = Browser()
    token = make_setup_link(SYSTEM, add_user(SYSTEM, "admin", Role.ADMINISTRATOR))
    assert browser("GET", f"setup/{token}").json() == {"username": "admin"}
    weak = browser("POST", f"setup/{token}", {"password": "short"})
    assert weak.status_code == 422
    assert weak.json()["error"]["field"] == "password"
    done = browser("POST", f"setup/{token}", {"password": PASSWORD})
    assert done.status_code == 200
    assert done.json()["user"]["username"] == "admin"
    assert browser("GET", "cameras").status_code == 200
    assert browser("GET", f"setup/{token}").status_code == 404


def test_a_new_password_ends_other_sessions(browser: Browser) -> None:
    browser("POST", "session", SIGN_IN)
    token = make_setup_link(SYSTEM, User.objects.get())
    Browser()("POST", f"setup/{token}", {"password": "quite another secret"})
    assert browser("GET", "cameras").status_code == 401


def test_the_back_offices_door_is_slowed_too(browser: Browser) -> None:
    for _ in range(5):
        browser("POST", "session", {**SIGN_IN, "password": "wrong"})
    client = Client(headers={"x-forwarded-for": "192.0.2.1"})
    form = {"username": "ana", "password": PASSWORD}
    client.post("/admin/login/?next=/admin/", form)
    assert client.get("/admin/").status_code == 302


def test_a_name_that_no_database_holds_is_refused_in_words(browser: Browser) -> None:
    answer = browser("POST", "session", {"username": "a\x00", "password": "x"})
    assert answer.status_code in (401, 422)
    assert answer.json()["error"]["es"]


def test_people_are_added_by_the_api_with_a_link(admin_program: Any, stranger: Any) -> None:
    made = admin_program("POST", "users", {"username": "olga", "role": "operator"})
    assert made.status_code == 201
    user, link = made.json()["user"], made.json()["setup_link"]
    assert (user["role"], user["is_active"], user["last_login"]) == ("operator", True, None)
    browser = Browser()
    done = browser("POST", link.replace("/setup#", "setup/"), {"password": PASSWORD})
    assert done.json()["user"]["rights"] == ["view", "operate"]
    path = f"users/{user['id']}"
    assert admin_program("PATCH", path, {"role": "viewer"}).json()["role"] == "viewer"
    assert browser("GET", "session").json()["user"]["rights"] == ["view"]
    assert admin_program("PATCH", path, {"is_active": False}).json()["role"] == "viewer"
    assert browser("GET", "cameras").status_code == 401
    assert admin_program("PATCH", path, {"role": "king"}).status_code == 422
    assert admin_program("PATCH", "users/999", {"role": "viewer"}).status_code == 404
    again = admin_program("POST", f"{path}/setup-link")
    assert again.json()["setup_link"].startswith("/setup#")
    assert [each["username"] for each in admin_program("GET", "users").json()] == ["ana", "olga"]


def test_the_api_too_keeps_one_administrator(admin_program: Any, admin: Any) -> None:
    path = f"users/{admin.user.pk}"
    for body in ({"role": "operator"}, {"is_active": False}):
        refused = admin_program("PATCH", path, body)
        assert (refused.status_code, refused.json()["error"]["key"]) == (409, "last_administrator")


def test_a_programs_token_does_what_its_person_may(
    admin_program: Any, stranger: Any, make_user: Callable[..., User]
) -> None:
    path = f"users/{make_user('olga', Role.OPERATOR).pk}/tokens"
    made = admin_program("POST", path, {"name": " guardia "})
    assert made.status_code == 201
    shown = {"authorization": f"Bearer {made.json()['token']}"}
    assert stranger("GET", "cameras", **shown).status_code == 200
    assert stranger("GET", path, **shown).status_code == 403, (
        "an operator gives no tokens, nor sees them"
    )
    (listed,) = admin_program("GET", path).json()
    assert listed["name"] == "guardia"
    assert listed["last_used_at"] is not None
    assert made.json()["token"] not in admin_program("GET", path).content.decode()

    other = make_user("vera")
    wrong = f"users/{other.pk}/tokens/{listed['id']}"
    assert admin_program("DELETE", wrong).status_code == 404, "it is not hers"
    assert admin_program("DELETE", f"{path}/{listed['id']}").status_code == 204
    assert admin_program("DELETE", f"{path}/{listed['id']}").status_code == 404
    assert stranger("GET", "cameras", **shown).status_code == 401
    assert admin_program("GET", path).json() == []
    refused = admin_program("POST", path, {"name": "a\nb"})
    assert (refused.status_code, refused.json()["error"]["field"]) == (422, "name")
    kept = "".join(str(entry.details) for entry in Entry.objects.all())
    assert made.json()["token"] not in kept
