using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>Whom the stub resolver asks, and for what (resolv.conf(5)). What cannot be understood is left out; the limits are those of glibc.</summary>
internal sealed record ResolverConfiguration
{
    private const int Port = 53;
    private const int MaxNameservers = 3;
    private const int MaxSearch = 32;

    /// <summary>The servers, in the order in which they are asked. Default: one on this machine.</summary>
    public ImmutableArray<IPEndPoint> Nameservers { get; init; } = [new(IPAddress.Loopback, Port)];

    /// <summary>Domains that are appended to a name.</summary>
    public ImmutableArray<string> Search { get; init; } = [];

    /// <summary>Dots from which on a name is first tried as it is. Default 1; at most 15.</summary>
    public int Ndots { get; init; } = 1;

    /// <summary>Time that a server has for its answer. Default 5 s; 1 to 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often each server is asked. Default 2; 1 to 5.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Reads a file, which may be missing.</summary>
    public static ResolverConfiguration Read(string file)
    {
        try
        {
            return Parse(File.ReadAllText(file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ResolverConfiguration();
        }
    }

    /// <summary>Parses the text of such a file.</summary>
    public static ResolverConfiguration Parse(string text)
    {
        var result = new ResolverConfiguration();
        var servers = ImmutableArray.CreateBuilder<IPEndPoint>();
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var address, ..] when servers.Count < MaxNameservers && IPAddress.TryParse(address, out var ip):
                    servers.Add(new IPEndPoint(ip, Port));
                    break;
                case ["domain" or "search", .. var domains]:
                    // The last such line counts.
                    result = result with { Search = [.. domains.Select(domain => domain.Trim('.')).Where(domain => domain.Length > 0).Take(MaxSearch)] };
                    break;
                case ["options", .. var options]:
                    result = options.Aggregate(result, static (configuration, option) => configuration.With(option));
                    break;
                default:
                    break;
            }
        }

        return servers.Count == 0 ? result : result with { Nameservers = servers.ToImmutable() };
    }

    /// <summary>The names to try for a name, in this order; each is complete.</summary>
    public IEnumerable<string> Candidates(string name)
    {
        if (name.EndsWith('.'))
        {
            return [name[..^1]];
        }

        var searched = Search.Select(domain => $"{name}.{domain}");
        return name.Count(static c => c == '.') >= Ndots ? [name, .. searched] : [.. searched, name];
    }

    private ResolverConfiguration With(string option)
    {
        var colon = option.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !int.TryParse(option.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return this;
        }

        return option[..colon] switch
        {
            "ndots" => this with { Ndots = Math.Min(value, 15) },
            "timeout" => this with { Timeout = TimeSpan.FromSeconds(Math.Clamp(value, 1, 30)) },
            "attempts" => this with { Attempts = Math.Clamp(value, 1, 5) },
            _ => this,
        };
    }
}
