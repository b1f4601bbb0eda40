# One image for both roles: KUMA_DATAPLANE_PROXY_TYPE (ingress, egress or dataplane), or --proxy-type, names the role; without either it is an egress.
#   docker build -t zoneway .
#   docker run --read-only --tmpfs /tmp -e KUMA_DATAPLANE_PROXY_TYPE=ingress zoneway run --cp-address https://cp.example:5678 --name zi-1
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY protos/ protos/
COPY src/ src/
# Into one folder, so that both programs share one copy of the runtime.
RUN for program in Egress Ingress; do \
      dotnet publish src/$program --configuration Release --use-current-runtime --self-contained --output /app \
        -p:DebugType=none -p:PublishDocumentationFile=false -p:PublishReferencesDocumentationFiles=false || exit 1; \
    done
COPY LICENSE /app/

FROM mcr.microsoft.com/dotnet/runtime-deps:10.0
COPY --from=build /app /app
# The ids of Kuma's own image, which Helm charts name. Nothing is written outside of /tmp.
USER 5678:5678
EXPOSE 10001 10002 9902
# An egress can do all that an ingress can, so this program serves both roles; /app/zone-ingress is there for those who want no more than that.
ENTRYPOINT ["/app/zone-egress"]
CMD ["run"]
