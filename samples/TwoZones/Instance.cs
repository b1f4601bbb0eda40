using System.Diagnostics.CodeAnalysis;

namespace Zoneway.TwoZones;

/// <summary>One instance of a service: what a back end says of itself before it echoes.</summary>
/// <param name="Zone">Zone it runs in.</param>
/// <param name="Name">Its name, unique in the installation.</param>
internal sealed record Instance(string Zone, string Name)
{
    /// <summary>Longest greeting in bytes, line feed included.</summary>
    public const int MaxGreetingBytes = 256;

    private const string Prefix = "instance ";

    /// <summary>The greeting, without its line feed.</summary>
    public string ToGreeting() => $"{Prefix}{Zone}/{Name}";

    /// <summary>Reads a greeting.</summary>
    public static bool TryParseGreeting(string line, [NotNullWhen(true)] out Instance? instance)
    {
        instance = null;
        if (!line.StartsWith(Prefix, StringComparison.Ordinal) || line[Prefix.Length..].Split('/') is not [{ Length: > 0 } zone, { Length: > 0 } name])
        {
            return false;
        }

        instance = new Instance(zone, name);
        return true;
    }

    public override string ToString() => $"{Zone}/{Name}";
}
