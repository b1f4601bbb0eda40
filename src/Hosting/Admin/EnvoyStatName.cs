using System.Text;

namespace Zoneway.Hosting.Admin;

/// <summary>The names by which Envoy's operators know our measurements: <c>cluster.NAME.upstream_cx_total</c> and so on.</summary>
internal static class EnvoyStatName
{
    private static readonly Dictionary<string, string> Fixed = new(StringComparer.Ordinal)
    {
        ["downstream_cx_active"] = "server.total_connections",
        ["listener_active"] = "listener_manager.total_listeners_active",
        ["listener_create_failure"] = "listener_manager.listener_create_failure",
        ["ssl.handshake"] = "listener.ssl.handshake",
        ["ssl.connection_error"] = "listener.ssl.connection_error",
        ["ssl.fail_verify_no_cert"] = "listener.ssl.fail_verify_no_cert",
        ["ssl.fail_verify_error"] = "listener.ssl.fail_verify_error",
        ["ssl.fail_verify_san"] = "listener.ssl.fail_verify_san",
        ["ssl.days_until_first_cert_expiring"] = "server.days_until_first_cert_expiring",
        ["control_plane.connected_state"] = "control_plane.connected_state",
    };

    /// <summary>The name of a series.</summary>
    /// <param name="instrument">Name of the instrument.</param>
    /// <param name="tags">Its tags.</param>
    public static string Of(string instrument, IReadOnlyList<KeyValuePair<string, object?>> tags)
    {
        if (Fixed.TryGetValue(instrument, out var name))
        {
            return name;
        }

        return tags switch
        {
            [{ Key: "cluster", Value: var cluster }, { Key: "response_code_class", Value: var digit }] => $"cluster.{cluster}.{instrument.Replace("xx", $"{digit}xx", StringComparison.Ordinal)}",
            [{ Key: "stat_prefix", Value: var prefix }, { Key: "response_code_class", Value: var digit }] => $"http.{prefix}.{Last(instrument).Replace("xx", $"{digit}xx", StringComparison.Ordinal)}",
            [{ Key: "stat_prefix", Value: var prefix }] when instrument.StartsWith("http.", StringComparison.Ordinal) => $"http.{prefix}.{Last(instrument)}",
            [{ Key: "stat_prefix", Value: var prefix }] when instrument.StartsWith("rbac.", StringComparison.Ordinal) => $"{prefix}{(prefix?.ToString()?.EndsWith('.') == true ? "" : ".")}{instrument}",
            [{ Key: "cluster", Value: var cluster }] => $"cluster.{cluster}.{instrument}",
            [{ Key: "stat_prefix", Value: var prefix }] when instrument == "local_rate_limit.rate_limited" => $"local_rate_limit.{prefix}.rate_limited",
            [{ Key: "type", Value: "cds" }] => $"cluster_manager.cds.{Last(instrument)}",
            [{ Key: "type", Value: "lds" }] => $"listener_manager.lds.{Last(instrument)}",
            [{ Key: "type", Value: var type }] => $"{type}.{Last(instrument)}",
            _ => Ours(instrument, tags),
        };
    }

    private static string Last(string instrument) => instrument[(instrument.LastIndexOf('.') + 1)..];

    private static string Ours(string instrument, IReadOnlyList<KeyValuePair<string, object?>> tags)
    {
        var name = new StringBuilder("zoneway.").Append(instrument);
        foreach (var (_, value) in tags)
        {
            name.Append('.').Append(value);
        }

        return name.ToString();
    }
}
