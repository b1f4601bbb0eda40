using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using StaticResources = Envoy.Config.Bootstrap.V3.Bootstrap.Types.StaticResources;

namespace Zoneway.Xds.Bootstrap;

/// <summary>Reads the ADS server where the bootstrap names a static cluster for it (<c>envoyGrpc</c>). Protocol §1.3.</summary>
internal static class EnvoyGrpcReader
{
    // Envoy's own default (cluster.proto, connect_timeout).
    private static readonly TimeSpan DefaultConnectTimeout = TimeSpan.FromSeconds(5);

    public static AdsServer ReadServer(GrpcService.Types.EnvoyGrpc service, StaticResources resources)
    {
        var cluster = resources.Clusters.FirstOrDefault(candidate => candidate.Name == service.ClusterName)
            ?? throw new InvalidDataException($"The static cluster '{service.ClusterName}' that adsConfig names is missing.");
        var address = cluster.LoadAssignment?.Endpoints.FirstOrDefault()?.LbEndpoints.FirstOrDefault()?.Endpoint?.Address?.SocketAddress;
        if (address is not { Address.Length: > 0, PortValue: > 0 and <= ushort.MaxValue })
        {
            throw new InvalidDataException($"The static cluster '{cluster.Name}' has no endpoint with an address and a port.");
        }

        var connectTimeout = cluster.ConnectTimeout?.ToTimeSpan() ?? DefaultConnectTimeout;
        return connectTimeout > TimeSpan.Zero
            ? new AdsServer(address.Address, (int)address.PortValue, connectTimeout, ReadTls(cluster, resources))
            : throw new InvalidDataException($"The connect timeout of the static cluster '{cluster.Name}' must be positive.");
    }

    private static AdsServerTls? ReadTls(Cluster cluster, StaticResources resources)
    {
        if (cluster.TransportSocket is not { } socket)
        {
            return null;
        }

        if (socket.TypedConfig is not { } config || !config.TryUnpack<UpstreamTlsContext>(out var tls))
        {
            throw new InvalidDataException($"The transport socket '{socket.Name}' of the static cluster '{cluster.Name}' is not TLS.");
        }

        var validation = FindValidation(tls.CommonTlsContext ?? new(), resources);
        return new AdsServerTls
        {
            ServerName = tls.Sni.Length > 0 ? tls.Sni : null,
            TrustedCa = validation?.TrustedCa is { } ca ? DataSourceReader.ReadCertificates(ca) : null,
            ExpectedNames = validation is null ? [] : ReadExpectedNames(validation),
        };
    }

    private static CertificateValidationContext? FindValidation(CommonTlsContext tls, StaticResources resources)
    {
        switch (tls.ValidationContextTypeCase)
        {
            case CommonTlsContext.ValidationContextTypeOneofCase.None:
                return null;
            case CommonTlsContext.ValidationContextTypeOneofCase.ValidationContext:
                return tls.ValidationContext;
            case CommonTlsContext.ValidationContextTypeOneofCase.ValidationContextSdsSecretConfig:
                var name = tls.ValidationContextSdsSecretConfig.Name;
                return resources.Secrets.FirstOrDefault(secret => secret.Name == name)?.ValidationContext
                    ?? throw new InvalidDataException($"The static secret '{name}' is missing, or is no validation context.");
            default:
                throw new InvalidDataException($"A validation context of the form {tls.ValidationContextTypeCase} is not supported here.");
        }
    }

    private static ImmutableArray<string> ReadExpectedNames(CertificateValidationContext validation)
    {
        if (validation.MatchSubjectAltNames.Count > 0)
        {
            throw new InvalidDataException("matchSubjectAltNames is not supported here, only matchTypedSubjectAltNames is.");
        }

        return [.. validation.MatchTypedSubjectAltNames.Select(ReadExpectedName).Distinct(StringComparer.Ordinal)];
    }

    private static string ReadExpectedName(SubjectAltNameMatcher matcher) => matcher is
    {
        SanType: SubjectAltNameMatcher.Types.SanType.Dns or SubjectAltNameMatcher.Types.SanType.IpAddress,
        Matcher.HasExact: true,
    } && Uri.CheckHostName(matcher.Matcher.Exact) is not (UriHostNameType.Unknown or UriHostNameType.Basic)
        ? matcher.Matcher.Exact
        : throw new InvalidDataException("matchTypedSubjectAltNames may hold exact DNS names and IP addresses only.");
}
