using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Zoneway.ZoneControlPlane.Ads;
using Zoneway.ZoneControlPlane.Authentication;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Commands;

/// <summary>What <c>zone-cp run</c> was told, as it was written.</summary>
internal sealed class RunSettings
{
    public required string Zone { get; init; }

    public required string ResourcePath { get; init; }

    public required string Listen { get; init; }

    public string? PortFile { get; init; }

    public string? CertificatePath { get; init; }

    public string? KeyPath { get; init; }

    public IReadOnlyList<string> ZoneTokenKeyPaths { get; init; } = [];

    public string? CaPath { get; init; }

    public string CertificateLifetime { get; init; } = "24h";

    public required string NackBackoff { get; init; }

    public required string LogLevel { get; init; }

    /// <summary>Checks everything; the result is good when no fault was added.</summary>
    /// <param name="faults">Gets one line for each thing that is wrong.</param>
    /// <param name="level">The log level.</param>
    public ZoneControlPlaneOptions ToOptions(List<string> faults, out LogLevel level)
    {
        if (!ResourceNames.IsValidName(Zone))
        {
            faults.Add($"--zone: \"{Zone}\" is not a zone name");
        }

        if (!Directory.Exists(ResourcePath))
        {
            faults.Add($"--resources: {ResourcePath} is not a folder");
        }

        if (ReadLogLevel(LogLevel) is not { } parsed)
        {
            faults.Add($"--log-level: \"{LogLevel}\" is none of trace, debug, info, warn, error, off");
            parsed = default;
        }

        level = parsed;
        var listen = ReadListen(faults);
        var (certificate, chain) = ReadCertificate(faults);
        return new ZoneControlPlaneOptions
        {
            Zone = Zone,
            ResourceFolder = ResourcePath,
            Listen = listen,
            Certificate = certificate,
            CertificateChain = chain,
            ZoneTokenKeys = ReadTokenKeys(faults),
            CaFolder = CaPath,
            CertificateLifetime = ReadLifetime(faults),
            Ads = new AdsOptions { NackBackoff = ReadNackBackoff(faults) },
        };
    }

    private static LogLevel? ReadLogLevel(string text) => text switch
    {
        "trace" => Microsoft.Extensions.Logging.LogLevel.Trace,
        "debug" => Microsoft.Extensions.Logging.LogLevel.Debug,
        "info" => Microsoft.Extensions.Logging.LogLevel.Information,
        "warn" => Microsoft.Extensions.Logging.LogLevel.Warning,
        "error" => Microsoft.Extensions.Logging.LogLevel.Error,
        "off" => Microsoft.Extensions.Logging.LogLevel.None,
        _ => null,
    };

    private IPEndPoint ReadListen(List<string> faults)
    {
        var colon = Listen.LastIndexOf(':');
        var host = colon < 0 ? "" : Listen[..colon].Trim('[', ']');
        var isPort = int.TryParse(Listen.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort;
        if (isPort && colon > 0 && IPAddress.TryParse(host == "localhost" ? "127.0.0.1" : host, out var address))
        {
            return new IPEndPoint(address, port);
        }

        faults.Add($"--listen: \"{Listen}\" is not of the form address:port");
        return new IPEndPoint(IPAddress.Loopback, 0);
    }

    private TimeSpan ReadLifetime(List<string> faults)
    {
        if (GoDuration.TryParse(CertificateLifetime, out var lifetime))
        {
            return lifetime;
        }

        faults.Add($"--certificate-lifetime: \"{CertificateLifetime}\" is not a duration such as 24h");
        return TimeSpan.FromHours(24);
    }

    private TimeSpan ReadNackBackoff(List<string> faults)
    {
        var backoff = TimeSpan.Zero;
        if (NackBackoff == "0s" || GoDuration.TryParse(NackBackoff, out backoff))
        {
            return backoff;
        }

        faults.Add($"--nack-backoff: \"{NackBackoff}\" is not a duration such as 5s");
        return backoff;
    }

    private List<string> ReadTokenKeys(List<string> faults)
    {
        var keys = new List<string>();
        foreach (var path in ZoneTokenKeyPaths)
        {
            try
            {
                var pem = File.ReadAllText(path);
                ZoneTokenVerifier.ReadKey(pem).Dispose();
                keys.Add(pem);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                faults.Add($"--zone-token-key: {path}: {exception.Message}");
            }
        }

        return keys;
    }

    private (X509Certificate2? Certificate, X509Certificate2Collection? Chain) ReadCertificate(List<string> faults)
    {
        if (CertificatePath is null != KeyPath is null)
        {
            faults.Add("--tls-cert and --tls-key go together");
            return default;
        }

        if (CertificatePath is null)
        {
            return default;
        }

        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(CertificatePath);
            return (X509Certificate2.CreateFromPemFile(CertificatePath, KeyPath), [.. chain.Skip(1)]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            faults.Add($"--tls-cert, --tls-key: {exception.Message}");
            return default;
        }
    }
}
