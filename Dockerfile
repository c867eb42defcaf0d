# syntax=docker/dockerfile:1
#
# The container of `tg`. This project's own checks have never built it: they have to run where there
# is no container engine. The job `container` in .github/workflows/nightly.yml builds it, starts it,
# and checks that it makes a home in its volume and does not run as root. What the checks of every
# push do see to: `cargo xtask tidy`, that every manifest is copied; the step `lean` of
# `cargo xtask ci`, that the build below compiles.
#
#   docker build --tag tg .
#   docker run --rm --volume tg-data:/data tg init
#   docker run --volume tg-data:/data --stop-timeout 60 tg            # the engine

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
# The image is the toolchain: do not let rust-toolchain.toml fetch another one.
ENV RUSTUP_TOOLCHAIN=1.95.0 \
    CARGO_INCREMENTAL=0 \
    CARGO_TERM_COLOR=always

# For the second image: HTTPS needs the certificates, quiet hours need the time zones. The slim
# images of some releases have them and of others do not.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/*

# First the dependencies alone, with empty crates in place of ours: this layer is built again only
# when a manifest changes.
COPY Cargo.toml Cargo.lock ./
COPY xtask/Cargo.toml xtask/
COPY crates/tg-app/Cargo.toml crates/tg-app/
COPY crates/tg-cli/Cargo.toml crates/tg-cli/
COPY crates/tg-core/Cargo.toml crates/tg-core/
COPY crates/tg-engine/Cargo.toml crates/tg-engine/
COPY crates/tg-net/Cargo.toml crates/tg-net/
COPY crates/tg-security/Cargo.toml crates/tg-security/
COPY crates/tg-sim/Cargo.toml crates/tg-sim/
COPY crates/tg-store/Cargo.toml crates/tg-store/
RUN set -eu; \
    for crate in crates/* xtask; do \
        mkdir -p "$crate/src"; \
        : > "$crate/src/lib.rs"; \
        echo 'fn main() {}' > "$crate/src/main.rs"; \
    done; \
    cargo build --locked --release -p tg-cli --bin tg --no-default-features; \
    rm -r crates/*/src

# Then our own. The copied files may be older than the empty ones that were just built, and cargo
# goes by age.
COPY crates crates
RUN find crates -name '*.rs' -exec touch {} + \
    && cargo build --locked --release -p tg-cli --bin tg --no-default-features \
    && mkdir /home-of-tg

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="tg" \
      org.opencontainers.image.description="Campaigns over Telegram accounts of your own: each recipient at most once" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"

COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /src/target/release/tg /usr/local/bin/tg
# A number that no user of the host is likely to have; fixed, so that volumes keep their owner.
COPY --from=build --chown=10001:10001 /home-of-tg /data

USER 10001:10001
ENV TG_HOME=/data
VOLUME /data
WORKDIR /data

# SIGTERM is a graceful end: what is in flight is settled first, so give it time (--stop-timeout).
STOPSIGNAL SIGTERM
# Reads the database, and can do so beside a running engine; large homes may want it more rarely.
HEALTHCHECK --interval=5m --timeout=60s --start-period=30s --retries=3 CMD ["tg", "db", "check"]
# tg starts no children and handles its signals itself: it can be process 1.
ENTRYPOINT ["tg"]
CMD ["run"]
