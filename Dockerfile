# syntax=docker/dockerfile:1
# Two stages: a Go toolchain that builds one static binary, and an image that holds nothing else (no shell, no libc).

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=""
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/bootlace ./cmd/bootlace \
 && mkdir -p /out/etc/bootlace /out/var/lib/bootlace/images \
 && apt-get update && apt-get install -y --no-install-recommends libcap2-bin \
 && setcap cap_net_bind_service,cap_net_raw=+ep /out/bootlace

FROM scratch
COPY --from=build /out/bootlace /usr/bin/bootlace
COPY --from=build --chown=65534:65534 /out/etc/bootlace /etc/bootlace
COPY --from=build --chown=65534:65534 /out/var/lib/bootlace /var/lib/bootlace
COPY LICENSE THIRD_PARTY.md /usr/share/doc/bootlace/
COPY third_party/licenses /usr/share/doc/bootlace/licenses
# nobody: ports below 1024 and raw sockets come from the file capabilities of the binary. Run it with host networking
# (broadcasts do not cross a container bridge) and both capabilities:
#   docker run --network host --cap-drop ALL --cap-add NET_BIND_SERVICE --cap-add NET_RAW \
#     -v /etc/bootlace:/etc/bootlace:ro -v /var/lib/bootlace:/var/lib/bootlace bootlace serve --interface eth0
USER 65534:65534
EXPOSE 67/udp 69/udp 4011/udp 8080/tcp
ENTRYPOINT ["/usr/bin/bootlace"]
CMD ["serve"]
