# dxlab's images.
#   docker build --target router --tag dxlab-router .    a customer router for 'runtime: docker'
#   docker build --target lab --tag dxlab .              dxlab itself; docs/docker.md says how to run it
# Where no registry can be reached, scripts/base-image makes the image that they begin with. Where no Python index
# can be reached, scripts/wheels puts the packages into build/wheels; add --build-arg PIP_NO_INDEX=1.

FROM debian:bookworm-slim AS base
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        bird2 exabgp frr gobgpd iproute2 iputils-ping openbgpd tcpdump \
    && rm -rf /var/lib/apt/lists/*


# The lab starts the daemons in the container and gives them their configuration; see lab/routers/runtimes/docker.py.
FROM base AS router
LABEL org.opencontainers.image.title="dxlab customer router (BIRD, ExaBGP, FRR, GoBGP, OpenBGPD)"
CMD ["sleep", "infinity"]


# What dxlab depends on comes in a layer of its own, so that a change of dxlab itself costs only the last one.
FROM base AS lab
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /usr/src/dxlab
ENV PATH=/opt/dxlab/bin:$PATH
ARG PIP_NO_INDEX
COPY pyproject.toml requirements.lock build/wheel[s]/* wheels/
RUN python3 -m venv /opt/dxlab \
    && python -c "import tomllib; project = tomllib.load(open('wheels/pyproject.toml', 'rb')); \
        print(*project['project']['dependencies'], *project['build-system']['requires'], sep='\\n')" >wheels/all.txt \
    && pip install --no-cache-dir --find-links wheels --constraint wheels/requirements.lock -r wheels/all.txt \
    && rm -rf wheels
COPY LICENSE README.md pyproject.toml ./
COPY lab lab/
COPY topologies topologies/
RUN pip install --no-cache-dir --no-index --no-deps --no-build-isolation .
LABEL org.opencontainers.image.title="dxlab"
ENTRYPOINT ["dxlab"]
CMD ["--help"]
