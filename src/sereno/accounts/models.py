"""People and what they sign in with."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from sereno.accounts.rules import Right, Role, rights_of

# In place of a name's digest: whatever the name was.
ANY_NAME = ""


class UserManager(BaseUserManager["User"]):
    """Finds people by name, in whatever case it was typed."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person, and the role that says what they may do (`sereno.accounts.rules`)."""

    username = models.CharField(max_length=150, unique=True)
    role = models.CharField(
        max_length=20, choices=[(each.value, each.value) for each in Role], default=Role.VIEWER
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("username"), name="accounts_username_unique"),
            models.CheckConstraint(
                condition=models.Q(role__in=[each.value for each in Role]),
                name="accounts_role_known",
            ),
        )

    def __str__(self) -> str:
        return self.username

    @property
    def rights(self) -> tuple[Right, ...]:
        """What this person may do now."""
        return rights_of(Role(self.role), is_active=self.is_active)

    @property
    def is_admin(self) -> bool:
        """Whether this person does all."""
        return self.role == Role.ADMINISTRATOR

    @property
    def is_staff(self) -> bool:
        """Whether the back office opens for this person."""
        return self.is_admin

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """The back office asks for each table; administrators have them all."""
        return self.is_active and self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_admin


class SetupLink(models.Model):
    """A one-time link with which a person chooses a password. Only its hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiToken(models.Model):
    """What a program shows instead of a password. Only its hash is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class SignInFailure(models.Model):
    """Wrong passwords in a row for one name from one address, or for any from there.

    Always counted by address, so that a stranger elsewhere cannot lock a person out.
    """

    name_digest = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    failures = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    next_try_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["name_digest", "address"], name="accounts_failure_pair"
            ),
        )
