using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Zoneway.ZoneControlPlane.Commands;

/// <summary><c>zone-cp run</c>: serves a zone until the process is told to stop.</summary>
internal static class RunCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var zone = new Option<string>("--zone") { Description = "Zone whose ingress and egress are served", Required = true };
        var resources = new Option<string>("--resources") { Description = "Directory of Kuma universal YAML: Mesh, Dataplane, ZoneIngress, ZoneEgress, external services and permissions of all zones", Required = true };
        var listen = new Option<string>("--listen") { Description = "Address of the one port; port 0 takes a free one", DefaultValueFactory = static _ => "127.0.0.1:5678" };
        var portFile = new Option<string?>("--port-file") { Description = "File that gets the number of the bound port" };
        var certificate = new Option<string?>("--tls-cert") { Description = "Certificate chain for TLS, PEM" };
        var key = new Option<string?>("--tls-key") { Description = "Private key for TLS, PEM" };
        var tokenKeys = new Option<string[]>("--zone-token-key") { Description = "RSA key that signs zone tokens, PEM, public or private; may be repeated. Without it tokens are not checked" };
        var caFolder = new Option<string?>("--ca-dir") { Description = "Folder of the mesh CAs [default: .ca in the resource directory]" };
        var lifetime = new Option<string>("--certificate-lifetime") { Description = "Lifetime of the egress's certificates, which are renewed after two thirds of it", DefaultValueFactory = static _ => "24h" };
        var nackBackoff = new Option<string>("--nack-backoff") { Description = "Pause after a NACK before the same resources are sent again", DefaultValueFactory = static _ => "5s" };
        var logLevel = new Option<string>("--log-level") { Description = "trace, debug, info, warn, error or off", DefaultValueFactory = static _ => "info" };
        var command = new Command("run", "Serves bootstrap and xDS to the zone proxies of one zone") { zone, resources, listen, portFile, certificate, key, tokenKeys, caFolder, lifetime, nackBackoff, logLevel };
        command.SetAction((result, cancellation) => RunAsync(
            new RunSettings
            {
                Zone = result.GetValue(zone)!,
                ResourcePath = result.GetValue(resources)!,
                Listen = result.GetValue(listen)!,
                PortFile = result.GetValue(portFile),
                CertificatePath = result.GetValue(certificate),
                KeyPath = result.GetValue(key),
                ZoneTokenKeyPaths = result.GetValue(tokenKeys) ?? [],
                CaPath = result.GetValue(caFolder),
                CertificateLifetime = result.GetValue(lifetime)!,
                NackBackoff = result.GetValue(nackBackoff)!,
                LogLevel = result.GetValue(logLevel)!,
            },
            result.InvocationConfiguration.Error,
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(RunSettings settings, TextWriter errors, CancellationToken cancellation)
    {
        var faults = new List<string>();
        var options = settings.ToOptions(faults, out var logLevel);
        if (faults.Count > 0)
        {
            faults.ForEach(errors.WriteLine);
            return ExitCodes.BadConfiguration;
        }

        using var certificate = options.Certificate;
        try
        {
            await using var server = await ZoneControlPlaneServer.StartAsync(options, logging => ConfigureLogging(logging, logLevel), time: null, cancellation);
            WritePort(settings.PortFile, server.Address.Port);
            await server.WaitForShutdownAsync(cancellation);
            return ExitCodes.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"run: {exception.Message}");
            return ExitCodes.Failure;
        }
    }

    private static void ConfigureLogging(ILoggingBuilder logging, LogLevel level) => logging
        .SetMinimumLevel(level)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddSimpleConsole(static console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.UseUtcTimestamp = true;
        });

    // Whoever waits for the file must never see it empty.
    private static void WritePort(string? path, int port)
    {
        if (path is not null)
        {
            var draft = $"{path}.{Guid.NewGuid():N}";
            File.WriteAllText(draft, port.ToString(CultureInfo.InvariantCulture));
            File.Move(draft, path, overwrite: true);
        }
    }
}
