using System.Security.Cryptography;
using Zoneway.MutualTls;
using Zoneway.Xds.Bootstrap;

namespace Zoneway.Hosting.Settings;

/// <summary>Reads the settings of the control plane connection.</summary>
internal static class ControlPlaneSettingsSource
{
    private const int MaxCaBytes = 1024 * 1024;
    private const int MaxTokenBytes = 64 * 1024;

    /// <summary>Reads them; null when the address cannot be used, which is then among the problems.</summary>
    public static ControlPlaneSettings? Read(SettingReader reader, ProxyResource? resource)
    {
        var address = ReadAddress(reader);
        var trustedCa = ReadTrustedCa(reader);
        var token = reader.Either(KnownSettings.Token, KnownSettings.TokenFile);
        var tokenFile = token == KnownSettings.TokenFile ? ReadTokenFile(reader) : null;
        var settings = new ControlPlaneSettings
        {
            Address = address ?? new Uri("https://localhost"),
            TrustedCa = trustedCa,
            SkipVerify = reader.Switch(KnownSettings.SkipVerify),
            Token = token == KnownSettings.Token ? reader.Text(token)!.Trim() : null,
            TokenFile = tokenFile,
            Resource = resource,
            PrefersDelta = reader.Word(KnownSettings.XdsVariant, false, ("GRPC", false), ("DELTA_GRPC", true)),
            Traits = NodeTraits.Read(reader),
            RetryBackoff = reader.Duration(KnownSettings.RetryBackoff, TimeSpan.FromSeconds(3)),
            RetryMaxDuration = reader.Duration(KnownSettings.RetryMaxDuration, TimeSpan.FromMinutes(5)),
        };
        return address is null ? null : settings;
    }

    private static Uri? ReadAddress(SettingReader reader)
    {
        if (reader.Text(KnownSettings.CpAddress) is not { } text)
        {
            reader.Problem($"Nothing to follow: give {KnownSettings.CpAddress.Flag} (or {KnownSettings.CpAddress.Variable}), or {KnownSettings.XdsFile.Flag}.");
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "https" or "http", Host.Length: > 0 })
        {
            return address;
        }

        reader.Problem($"{reader.Source(KnownSettings.CpAddress)} must be an address of the form https://host:port, not '{text}'.");
        return null;
    }

    private static string? ReadTrustedCa(SettingReader reader)
    {
        if (reader.Either(KnownSettings.CaCert, KnownSettings.CaCertFile) is not { } setting)
        {
            return null;
        }

        var pem = reader.Text(setting)!;
        if (setting == KnownSettings.CaCertFile && !SmallFile.TryRead(pem, MaxCaBytes, out pem, out var error))
        {
            reader.Problem($"{reader.Source(setting)}: {error}");
            return null;
        }

        try
        {
            PemCertificates.Read(pem!);
            return pem;
        }
        catch (CryptographicException exception)
        {
            reader.Problem($"{reader.Source(setting)}: {exception.Message}");
            return null;
        }
    }

    private static string? ReadTokenFile(SettingReader reader)
    {
        var path = reader.Text(KnownSettings.TokenFile)!;
        if (!SmallFile.TryRead(path, MaxTokenBytes, out var token, out var error))
        {
            reader.Problem($"{reader.Source(KnownSettings.TokenFile)}: {error}");
        }
        else if (string.IsNullOrWhiteSpace(token))
        {
            reader.Problem($"{reader.Source(KnownSettings.TokenFile)}: the file '{path}' is empty.");
        }

        return path;
    }
}
