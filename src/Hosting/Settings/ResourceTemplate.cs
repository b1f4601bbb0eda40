using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Zoneway.Hosting.Settings;

/// <summary>The proxy's resource as a template: <c>{{ name }}</c> stands for the value of <c>--dataplane-var name=value</c>, as for kuma-dp. Protocol §9.5.</summary>
/// <remarks>Values are put in as they are. Three braces mean the same; what is no variable between braces stays as it is.</remarks>
internal static partial class ResourceTemplate
{
    /// <summary>Reads the variables; a part that is none is a problem. The last value of a name holds.</summary>
    public static IReadOnlyDictionary<string, string> ReadVariables(SettingReader reader)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var text = reader.Text(KnownSettings.DataplaneVar) ?? "";
        foreach (var part in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(Split))
        {
            if (part.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign)
            {
                variables[part[..sign].Trim()] = part[(sign + 1)..];
            }
            else
            {
                reader.Problem($"{reader.Source(KnownSettings.DataplaneVar)} must be of the form name=value, not '{part}'.");
            }
        }

        return variables;
    }

    /// <summary>Puts the values in.</summary>
    /// <param name="template">The resource as it was given.</param>
    /// <param name="variables">Values by name.</param>
    /// <param name="text">The resource; null on error.</param>
    /// <param name="error">Which variables have no value; empty when all have one.</param>
    public static bool TryRender(string template, IReadOnlyDictionary<string, string> variables, [NotNullWhen(true)] out string? text, out string error)
    {
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        text = Variable.Replace(template, match =>
        {
            var name = match.Groups["name"].Value;
            if (!variables.TryGetValue(name, out var value))
            {
                missing.Add(name);
            }

            return value ?? "";
        });
        error = missing.Count == 0 ? "" : $"No value for {string.Join(", ", missing.Select(name => $"{{{{ {name} }}}}"))}; give one with {KnownSettings.DataplaneVar.Flag} name=value.";
        text = missing.Count == 0 ? text : null;
        return text is not null;
    }

    // As kuma-dp's flag does: with a single equals sign all of it is one pair, commas included.
    private static string[] Split(string given) => given.Count(character => character == '=') <= 1 ? [given] : given.Split(',');

    [GeneratedRegex(@"\{\{\{\s*(?<name>[\w.-]+)\s*\}\}\}|\{\{\s*(?<name>[\w.-]+)\s*\}\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable { get; }
}
