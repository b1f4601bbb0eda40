using Envoy.Config.GrpcCredential.V3;
using GoogleGrpc = Envoy.Config.Core.V3.GrpcService.Types.GoogleGrpc;

namespace Zoneway.Xds.Bootstrap;

/// <summary>Reads the ADS server where the bootstrap describes a plain gRPC target with a token file (<c>googleGrpc</c>, Kubernetes). Protocol §1.3.</summary>
internal static class GoogleGrpcReader
{
    // gRPC's own: the first wait for a connection is 20 s (gRPC connection backoff protocol).
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);

    public static AdsServer ReadServer(GoogleGrpc service)
    {
        // Without a scheme of its own a target such as host:5678 would be read as one, so the text gets one here.
        if (!Uri.TryCreate($"tcp://{service.TargetUri}", UriKind.Absolute, out var target) || target is not { Host.Length: > 0, Port: > 0, AbsolutePath: "" or "/" })
        {
            throw new InvalidDataException($"googleGrpc.targetUri '{service.TargetUri}' is not of the form host:port.");
        }

        var credentials = service.ChannelCredentials?.SslCredentials;
        var tls = credentials is null
            ? null
            : new AdsServerTls { TrustedCa = credentials.RootCerts is { } roots ? DataSourceReader.ReadCertificates(roots) : null };
        return new AdsServer(target.DnsSafeHost, target.Port, ConnectTimeout, tls);
    }

    public static string? ReadTokenFile(GoogleGrpc service)
    {
        if (service.CallCredentials.FirstOrDefault()?.FromPlugin is not { } plugin)
        {
            return null;
        }

        if (plugin.TypedConfig is not { } any || !any.TryUnpack<FileBasedMetadataConfig>(out var config) || config.SecretData is not { HasFilename: true } source)
        {
            throw new InvalidDataException($"googleGrpc: call credentials of the form '{plugin.Name}' are not supported, only a token file is.");
        }

        return config is { HeaderKey: "" or "authorization", HeaderPrefix: "" }
            ? source.Filename
            : throw new InvalidDataException("googleGrpc: a token file can only go into the header 'authorization', without a prefix.");
    }
}
