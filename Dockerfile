# Assets and wheel are made in one stage each; the image that runs has neither compiler nor npm.

FROM node:22-slim AS assets
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-progress

FROM python:3.11-slim AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.txt requirements-build.txt ./
RUN python -m venv /opt/daumoi \
 && /opt/daumoi/bin/pip install --require-hashes -r requirements.txt \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --require-hashes -r requirements-build.txt
COPY pyproject.toml README.md ./
COPY app app
COPY flows flows
COPY alembic alembic
COPY --from=assets /src/node_modules node_modules
RUN python -m app.look.vendor \
 && /opt/build/bin/python -m hatchling build -t wheel -d /tmp/wheel \
 && /opt/daumoi/bin/pip install --no-deps /tmp/wheel/*.whl \
 && /opt/daumoi/bin/python -m compileall -q /opt/daumoi/lib \
 && /opt/daumoi/bin/daumoi intents train --cache /src/data/understanding

FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home --home-dir /srv/daumoi daumoi \
 && install -d -o daumoi -g daumoi /srv/daumoi/data
COPY --from=build /opt/daumoi /opt/daumoi
COPY --chown=root:root flows /srv/daumoi/flows
COPY --from=build --chown=daumoi:daumoi /src/data/understanding /srv/daumoi/data/understanding
ENV PATH=/opt/daumoi/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /srv/daumoi
USER daumoi
VOLUME /srv/daumoi/data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
# Several containers may start at once on PostgreSQL: migrations wait for one another.
CMD ["sh", "-c", "daumoi db upgrade && exec daumoi serve --host 0.0.0.0 --port 8000"]
