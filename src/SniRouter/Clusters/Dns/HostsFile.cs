using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Zoneway.SniRouter.Clusters.Dns;

/// <summary>The addresses that hosts(5) has for a name: what is written there comes before any server, as everywhere else on the machine.</summary>
internal static class HostsFile
{
    /// <summary>Reads the file, which may be missing.</summary>
    /// <returns>The addresses of the family in the order of the file; empty when there are none.</returns>
    public static ImmutableArray<IPAddress> Find(string file, string name, AddressFamily family)
    {
        try
        {
            return [.. File.ReadLines(file).Select(line => Address(line, name.TrimEnd('.'))).OfType<IPAddress>()
                .Where(address => family == AddressFamily.Unspecified || address.AddressFamily == family).Distinct()];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IPAddress? Address(string line, string name)
    {
        var words = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words.Skip(1).Contains(name, StringComparer.OrdinalIgnoreCase) && IPAddress.TryParse(words[0], out var address) ? address : null;
    }
}
