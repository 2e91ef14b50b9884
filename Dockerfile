# dxlab's images.
#   docker build --target router --tag dxlab-router .    a customer router for 'runtime: docker'
#   docker build --target lab --tag dxlab .              dxlab itself; run it with --privileged
# Where no registry can be reached, scripts/base-image makes the first line's image. Where no Python index can be
# reached, scripts/wheels puts the packages into build/wheels; add --build-arg PIP_NO_INDEX=1.

FROM debian:bookworm-slim AS base
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends frr iproute2 iputils-ping tcpdump \
    && rm -rf /var/lib/apt/lists/*


# The lab starts the daemons in the container and gives them their configuration; see lab/routers/runtimes/docker.py.
FROM base AS router
LABEL org.opencontainers.image.title="dxlab customer router (FRR)"
CMD ["sleep", "infinity"]


FROM base AS lab
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3-venv \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /usr/src/dxlab
COPY . .
ARG PIP_NO_INDEX
RUN python3 -m venv /opt/dxlab \
    && mkdir -p build/wheels \
    && /opt/dxlab/bin/pip install --no-cache-dir --find-links build/wheels --constraint requirements.lock . \
    && ln -s /opt/dxlab/bin/dxlab /usr/local/bin/dxlab \
    && rm -rf build
LABEL org.opencontainers.image.title="dxlab"
ENTRYPOINT ["dxlab"]
CMD ["--help"]
