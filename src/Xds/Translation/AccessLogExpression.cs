namespace Zoneway.Xds.Translation;

/// <summary>
/// The CEL expressions by which Kuma selects connections (protocol §8): <c>connection.requested_server_name == "…"</c>,
/// <c>connection.uri_san_peer_certificate.startsWith("…")</c> or <c>== "…"</c>, and two of them joined by <c>&amp;&amp;</c>. Nothing else of CEL is known.
/// </summary>
internal static class AccessLogExpression
{
    private const string ServerNameAttribute = "connection.requested_server_name";
    private const string PeerCertificateAttribute = "connection.uri_san_peer_certificate";

    /// <summary>Reads an expression; <paramref name="serverName"/> is the name that it asks for, if any.</summary>
    public static AccessLogExpressionKind Parse(string expression, out string serverName)
    {
        serverName = "";
        var kind = AccessLogExpressionKind.Unknown;
        foreach (var term in expression.Split("&&"))
        {
            switch (ParseTerm(term.Trim(), out var name))
            {
                case AccessLogExpressionKind.ServerName when serverName.Length == 0 || string.Equals(serverName, name, StringComparison.OrdinalIgnoreCase):
                    serverName = name;
                    kind = kind == AccessLogExpressionKind.Unknown ? AccessLogExpressionKind.ServerName : kind;
                    break;
                case AccessLogExpressionKind.PeerCertificate:
                    kind = AccessLogExpressionKind.PeerCertificate;
                    break;
                default:
                    serverName = "";
                    return AccessLogExpressionKind.Unknown;
            }
        }

        return kind;
    }

    private static AccessLogExpressionKind ParseTerm(string term, out string name)
    {
        if (TryReadEquality(term, ServerNameAttribute, out name))
        {
            return name.Length > 0 ? AccessLogExpressionKind.ServerName : AccessLogExpressionKind.Unknown;
        }

        const string StartsWith = PeerCertificateAttribute + ".startsWith(";
        var isPeer = TryReadEquality(term, PeerCertificateAttribute, out _)
            || (term.StartsWith(StartsWith, StringComparison.Ordinal) && term.EndsWith(')') && TryReadString(term[StartsWith.Length..^1].Trim(), out _));
        return isPeer ? AccessLogExpressionKind.PeerCertificate : AccessLogExpressionKind.Unknown;
    }

    private static bool TryReadEquality(string term, string attribute, out string value)
    {
        value = "";
        if (!term.StartsWith(attribute, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = term[attribute.Length..].TrimStart();
        return rest.StartsWith("==", StringComparison.Ordinal) && TryReadString(rest[2..].Trim(), out value);
    }

    // A string without escapes: names and SPIFFE ids have none.
    private static bool TryReadString(string text, out string value)
    {
        var isQuoted = text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0];
        value = isQuoted ? text[1..^1] : "";
        return isQuoted && value.AsSpan().IndexOfAny('"', '\'', '\\') < 0;
    }
}

/// <summary>What an expression asks about.</summary>
internal enum AccessLogExpressionKind
{
    /// <summary>Something else.</summary>
    Unknown,

    /// <summary>The server name alone.</summary>
    ServerName,

    /// <summary>The client's certificate, perhaps beside the server name. On a connection that is passed through there is none, so the answer is no.</summary>
    PeerCertificate,
}
