using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Zoneway.SniRouter;

namespace Zoneway.Hosting.Settings;

/// <summary>The one place that turns flags and environment variables into <see cref="ProxySettings"/>. Unknown variables are ignored.</summary>
internal static class ProxySettingsSource
{
    private const int DefaultAdminPort = 9901;
    private const int DefaultReadinessPort = 9902;

    /// <summary>Reads all settings.</summary>
    /// <param name="program">The program they are for.</param>
    /// <param name="reader">The values given.</param>
    /// <param name="settings">The settings; null when there is a problem.</param>
    /// <param name="problems">Everything that is wrong, a sentence each.</param>
    public static bool TryRead(
        ProxyProgram program, SettingReader reader, [NotNullWhen(true)] out ProxySettings? settings, out IReadOnlyList<string> problems)
    {
        var isFollowingFile = reader.Either(KnownSettings.CpAddress, KnownSettings.XdsFile) == KnownSettings.XdsFile;
        var identity = ProxyIdentity.Read(program, reader, isFollowingFile);
        var adminAddress = reader.Address(KnownSettings.AdminAddress, IPAddress.Loopback);
        var candidate = new ProxySettings
        {
            ProxyType = identity.Type,
            Name = identity.Name,
            Mesh = identity.Mesh,
            ControlPlane = isFollowingFile ? null : ControlPlaneSettingsSource.Read(reader, identity.Resource),
            XdsFile = isFollowingFile ? ReadXdsFile(reader) : null,
            Admin = ReadEndPoint(reader, KnownSettings.AdminPort, DefaultAdminPort, adminAddress),
            AdminSocket = ReadAdminSocket(reader),
            Readiness = ReadEndPoint(reader, KnownSettings.ReadinessPort, DefaultReadinessPort, ReadinessAddress(reader, adminAddress)),
            DrainTime = reader.Duration(KnownSettings.DrainTime, TimeSpan.FromSeconds(30)),
            DrainAcceptTime = reader.Duration(KnownSettings.DrainAcceptTime, TimeSpan.FromSeconds(5)),
            DrainIdleTime = reader.Duration(KnownSettings.DrainIdleTime, TimeSpan.FromSeconds(5)),
            LogLevel = ReadLogLevel(reader),
            LogJson = reader.Word(KnownSettings.LogFormat, false, ("text", false), ("json", true)),
            WorkDir = ReadWorkDir(reader),
            Limits = ReadLimits(reader),
        };
        if (candidate.Admin is { } admin && candidate.Readiness is { } readiness && admin.Port == readiness.Port)
        {
            reader.Problem($"{KnownSettings.AdminPort.Flag} and {KnownSettings.ReadinessPort.Flag} must differ; 0 turns one of them off.");
        }

        problems = reader.Problems;
        settings = problems.Count == 0 ? candidate : null;
        return settings is not null;
    }

    // The kubelet asks from outside of the Pod (protocol §9.3).
    private static IPAddress ReadinessAddress(SettingReader reader, IPAddress adminAddress)
    {
        if (reader.Variable(KnownSettings.PodName) is null)
        {
            return adminAddress;
        }

        return Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
    }

    private static IPEndPoint? ReadEndPoint(SettingReader reader, Setting setting, int fallback, IPAddress address) =>
        reader.Number(setting, fallback, 0, IPEndPoint.MaxPort) is > 0 and var port ? new IPEndPoint(address, port) : null;

    private static string? ReadXdsFile(SettingReader reader)
    {
        var path = reader.Text(KnownSettings.XdsFile);
        if (!File.Exists(path))
        {
            reader.Problem($"{reader.Source(KnownSettings.XdsFile)}: there is no file '{path}'.");
        }

        return path;
    }

    private static LogLevel ReadLogLevel(SettingReader reader) => reader.Word(
        KnownSettings.LogLevel,
        LogLevel.Information,
        ("trace", LogLevel.Trace),
        ("debug", LogLevel.Debug),
        ("info", LogLevel.Information),
        ("warn", LogLevel.Warning),
        ("error", LogLevel.Error),
        ("off", LogLevel.None));

    // Longer paths do not fit into a sockaddr_un.
    private static string? ReadAdminSocket(SettingReader reader)
    {
        const int LongestPath = 107;
        var path = reader.Text(KnownSettings.AdminSocket);
        if (path is not null && (Path.GetFullPath(path).Length > LongestPath || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))))
        {
            reader.Problem($"{reader.Source(KnownSettings.AdminSocket)}: '{path}' is longer than {LongestPath} characters, or its directory is not there.");
        }

        return path is null ? null : Path.GetFullPath(path);
    }

    private static string ReadWorkDir(SettingReader reader)
    {
        var path = reader.Text(KnownSettings.WorkDir) ?? Path.GetTempPath();
        if (!Directory.Exists(path))
        {
            reader.Problem($"{reader.Source(KnownSettings.WorkDir)}: there is no directory '{path}'.");
        }

        return path;
    }

    private static SniRouterOptions ReadLimits(SettingReader reader)
    {
        var limits = new SniRouterOptions();
        limits.ClientHelloTimeout = reader.Duration(KnownSettings.HelloTimeout, limits.ClientHelloTimeout);
        limits.TlsHandshakeTimeout = reader.Duration(KnownSettings.TlsHandshakeTimeout, limits.TlsHandshakeTimeout);
        limits.HttpPrefaceTimeout = reader.Duration(KnownSettings.HttpPrefaceTimeout, limits.HttpPrefaceTimeout);
        limits.MaxClientHelloBytes = reader.Number(KnownSettings.MaxHelloBytes, limits.MaxClientHelloBytes, 0, int.MaxValue);
        limits.MaxConnections = reader.Number(KnownSettings.MaxConnections, limits.MaxConnections, 0, int.MaxValue);
        limits.MaxSniffingConnections = reader.Number(KnownSettings.MaxSniffingConnections, limits.MaxSniffingConnections, 0, int.MaxValue);
        limits.MaxRequestHeaderBytes = reader.Number(KnownSettings.MaxRequestHeaderBytes, limits.MaxRequestHeaderBytes, 0, int.MaxValue);
        limits.ConnectAttempts = reader.Number(KnownSettings.ConnectAttempts, limits.ConnectAttempts, 0, int.MaxValue);
        limits.HalfClosedTimeout = reader.Duration(KnownSettings.HalfClosedTimeout, limits.HalfClosedTimeout);
        limits.SniAliases = reader.Switch(KnownSettings.SniAliases);
        limits.Concurrency = reader.Number(KnownSettings.Concurrency, limits.Concurrency, 0, int.MaxValue);
        limits.DataPath = reader.Word(
            KnownSettings.DataPath, limits.DataPath, ("auto", DataPath.Auto), ("engine", DataPath.Engine), ("portable", DataPath.Portable));
        foreach (var problem in limits.Validate())
        {
            reader.Problem(problem);
        }

        return limits;
    }
}
