# One image for every process; docker-compose.yml says which command each container runs.
FROM python:3.11.14-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /app
RUN python -m venv /venv && /venv/bin/python -m pip install pip==26.3
# Dependencies first: they change less often than the code.
COPY pyproject.toml constraints.txt ./
RUN /venv/bin/python -m pip install -c constraints.txt --group run

FROM python:3.11.14-slim-bookworm

ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HELPDESK_DATA_DIR=/data
RUN useradd --system --uid 10001 --create-home onethread && install -d -o onethread -g onethread -m 0750 /data
WORKDIR /app
COPY --from=build /venv /venv
COPY manage.py ./
COPY helpdesk helpdesk
COPY customers customers
COPY conversations conversations
COPY channels_ingest channels_ingest
COPY ai_tier1 ai_tier1
COPY templates templates
COPY static static
USER onethread
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "helpdesk.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-proxy-headers", "--no-access-log", "--lifespan", "off", "--ws-max-size", "65536", "--timeout-graceful-shutdown", "3", "--timeout-keep-alive", "150"]
