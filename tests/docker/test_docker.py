"""The Docker files name what there is. They are held to the code here; no container is started."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from helpdesk.embedded import places, programs, redis_server
from tests.stack import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
EXAMPLE = (ROOT / ".env.example").read_text()
README = (ROOT / "README.md").read_text()
PRODUCT = ("setup", "web", "worker", "ai", "beat")
# Of other images, and of compose itself.
NOT_OURS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS", "SITE_HOST"}


def instruction(name: str) -> list[str]:
    """What follows an instruction of the Dockerfile, each time it stands there."""
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def words(command: str | list[str]) -> list[str]:
    return shlex.split(command) if isinstance(command, str) else command


def readme_commands() -> list[list[str]]:
    """The commands of the README's blocks, continued lines joined."""
    lines = re.findall(r"^    (?!#)(.+)$", README.replace("\\\n", " "), re.MULTILINE)
    return [shlex.split(line) for line in lines]


def read_names() -> set[str]:
    """The environment variables that the product reads."""
    text = "".join((ROOT / "helpdesk" / name).read_text() for name in ("settings.py", "management/commands/up.py"))
    asked = set(re.findall(r'environment\.\w+\(\s*"(\w+)"', text))
    return {f"HELPDESK_{name}" for name in asked} | (asked & {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "PORT"})


@pytest.mark.parametrize("name", ["worker", "ai", "beat"])
def test_a_service_runs_the_readme_s_command(name: str) -> None:
    assert words(SERVICES[name]["command"]) in readme_commands()


def test_the_image_runs_the_readme_s_web_by_itself() -> None:
    (command,) = instruction("CMD")
    assert yaml.safe_load(command) in readme_commands()
    assert "command" not in SERVICES["web"]


@pytest.mark.parametrize("name", ["worker", "ai"])
def test_a_worker_has_the_options_that_up_gives_it_and_its_signal(name: str, tmp_path: Path) -> None:
    where = places.Places(tmp_path, tmp_path, tmp_path, tmp_path)
    program = next(one for one in programs.product(where, web_processes=1) if one.name == name)
    given = words(SERVICES[name]["command"])
    ours = list(program.command)
    for option in ("--hostname", "--loglevel"):
        at = ours.index(option)
        del ours[at : at + 2]
    assert given == ours[ours.index("celery") :]
    assert SERVICES[name]["stop_signal"] == f"SIG{program.stop_signal}"


def test_every_queue_is_served() -> None:
    commands = [words(SERVICES[name]["command"]) for name in ("worker", "ai")]
    served = {queue for command in commands for queue in command[command.index("--queues") + 1].split(",")}
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    schedule: dict[str, Any] = settings.CELERY_BEAT_SCHEDULE
    scheduled = {job["options"].get("queue", "") for job in schedule.values()} - {""}
    assert served == {settings.CELERY_TASK_DEFAULT_QUEUE} | routed | scheduled


def test_what_the_readme_asks_for_first_is_done_once_before_all_else() -> None:
    script = SERVICES["setup"]["command"][-1]
    for command in ("migrate", "collectstatic", "check --deploy --database default"):
        assert f"manage.py {command}" in script
        assert f"`manage.py {command}`" in README
    assert SERVICES["setup"]["restart"] == "no"
    for name in ("web", "worker", "ai", "beat"):
        assert SERVICES[name]["depends_on"]["setup"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", PRODUCT)
def test_every_variable_given_is_one_that_settings_read(name: str) -> None:
    given = set(SERVICES[name]["environment"])
    assert given - read_names() == set()
    wanted = set(re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)) - {"HELPDESK_DATABASE_POOL_SIZE"}
    assert wanted <= given
    assert SERVICES[name]["environment"]["HELPDESK_BEHIND_PROXY"] == "1"


def test_no_secret_stands_in_the_files_and_the_example_names_each() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    asked = set(re.findall(r"\$\{(\w+)", text))
    offered = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert asked == set(offered)
    assert set(offered) - NOT_OURS - read_names() == set()
    assert not any(value for name, value in offered.items() if "KEY" in name or "PASSWORD" in name)
    # Compose stops where one is missing.
    assert re.findall(r"\$\{\w+\}", text) == []


def test_images_are_pinned() -> None:
    images = [service["image"] for name, service in SERVICES.items() if name not in PRODUCT]
    images += [line.split()[0] for line in instruction("FROM")]
    for image in images:
        assert re.search(r":\d+\.\d+\.\d+", image), image
    assert {SERVICES[name]["image"] for name in PRODUCT} == {"onethread:local"}


def test_python_and_pip_are_the_project_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (wanted,) = set(re.findall(r">=(\d+\.\d+)", project["project"]["requires-python"]))
    assert {line.split()[0].split(":")[1].rsplit(".", 1)[0] for line in instruction("FROM")} == {wanted}
    pip = re.findall(r"pip==([\d.]+)", (ROOT / "Makefile").read_text())
    assert re.findall(r"pip==([\d.]+)", DOCKERFILE) == pip
    assert "-c constraints.txt --group run" in DOCKERFILE
    assert "run" in project["dependency-groups"]


def test_what_is_copied_exists_and_every_app_is_copied() -> None:
    lines = [words(line) for line in instruction("COPY") if "--from" not in line]
    copied = {path for line in lines for path in line[:-1]}
    assert {path for path in copied if not (ROOT / path).exists()} == set()
    apps = {name.split(".")[0] for name in settings.INSTALLED_APPS if (ROOT / name.split(".")[0]).is_dir()}
    assert apps | {"templates", "static", "manage.py"} <= copied
    let_in = set(re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert let_in == copied


def test_the_product_runs_as_nobody_in_particular() -> None:
    (user,) = instruction("USER")
    assert user not in ("root", "0")
    assert f"useradd --system --uid 10001 --create-home {user}" in DOCKERFILE
    assert DOCKERFILE.index("USER ") > DOCKERFILE.rindex("COPY ")


def test_what_must_not_be_lost_is_on_a_volume() -> None:
    assert {"database", "files", "certificates"} == set(COMPOSE["volumes"])
    assert SERVICES["postgres"]["volumes"] == ["database:/var/lib/postgresql"]
    for name in PRODUCT:
        place = SERVICES[name]["environment"]["HELPDESK_DATA_DIR"]
        assert SERVICES[name]["volumes"] == [f"files:{place}"]
        assert f"-m 0750 {place}" in DOCKERFILE


def test_health_is_asked_where_the_product_answers_it() -> None:
    assert "http://127.0.0.1:8000/health/live" in " ".join(SERVICES["web"]["healthcheck"]["test"])
    for name in ("postgres", "redis"):
        assert SERVICES[name]["healthcheck"]["test"]
    assert "`GET /health/live`" in README


def test_the_proxy_hands_on_to_web_and_alone_is_reached_from_outside() -> None:
    port = words(instruction("CMD")[0].replace(",", " "))
    assert f"reverse_proxy web:{port[port.index('--port') + 1]}" in (ROOT / "Caddyfile").read_text()
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]


def test_stores_are_set_up_as_up_sets_up_its_own(tmp_path: Path) -> None:
    ours = redis_server.command(tmp_path / "socket", tmp_path / "pid")
    given = SERVICES["redis"]["command"]
    for option in ("--save", "--maxmemory-policy"):
        assert given[given.index(option) + 1] == ours[ours.index(option) + 1]
    files = (ROOT / "helpdesk/embedded/postgresql_files.py").read_text()
    for option in shlex.split(SERVICES["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]):
        assert option in files
