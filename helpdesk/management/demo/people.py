"""Who works at the shop, and in which teams."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.accounts import api_tokens
from helpdesk.accounts.models import ApiToken, Team, User
from helpdesk.management.demo import kept
from helpdesk.management.demo.kept import Facts

TEAMS = ("Support", "Returns", "Deliveries")
DOMAIN = "fernhill.example"


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person who works here."""

    key: str
    name: str
    teams: tuple[str, ...]
    role: str = User.Role.AGENT

    @property
    def email(self) -> str:
        """The log-in name."""
        return f"{self.key}@{DOMAIN}"


ADMIN = Colleague("grace", "Grace Okafor", ("Support",), User.Role.ADMIN)
AGENTS = (
    Colleague("ada", "Ada Lindqvist", ("Support", "Returns")),
    Colleague("ben", "Ben Harker", ("Deliveries", "Support")),
    Colleague("clara", "Clara Weiss", ("Returns",)),
)


def load(known: Facts) -> tuple[Facts, list[Facts]]:
    """The admin's and the agents' log-ins; rows are made where they are missing."""
    for name in TEAMS:
        Team.objects.get_or_create(name=name)
    earlier = {one["email"]: one for one in [known.get("admin", {}), *known.get("agents", [])] if one}
    return _person(ADMIN, earlier), [_person(one, earlier) for one in AGENTS]


def users() -> dict[str, User]:
    """Everybody by their key."""
    found = {user.email: user for user in User.objects.filter(email__endswith=f"@{DOMAIN}")}
    return {one.key: found[one.email] for one in (ADMIN, *AGENTS)}


def _person(colleague: Colleague, earlier: dict[str, Facts]) -> Facts:
    known = earlier.get(colleague.email, {})
    password = known.get("password") or kept.new_password()
    key = known.get("api_token") or api_tokens.MARK + kept.new_secret()
    user = User.objects.filter(email=colleague.email).first()
    if user is None:
        user = User.objects.create_user(colleague.email, colleague.name, password, role=colleague.role)
        user.teams.set(Team.objects.filter(name__in=colleague.teams))
    elif not known:
        # demo.json was lost: nobody knows the old password any more.
        user.set_password(password)
        user.save(update_fields=["password"])
    if not ApiToken.objects.filter(digest=api_tokens.digest(key)).exists():
        api_tokens.issue(user, "Demo", _scopes(user), key=key)
    return {"email": colleague.email, "password": password, "api_token": key}


def _scopes(user: User) -> list[str]:
    scopes = [ApiToken.Scope.READ.value, ApiToken.Scope.WRITE.value]
    return [*scopes, ApiToken.Scope.ADMIN.value] if user.is_admin else scopes
