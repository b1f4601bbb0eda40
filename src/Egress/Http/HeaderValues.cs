using System.Collections.Immutable;
using Zoneway.SniRouter.AccessLogs;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>Fills in the command operators in changes of headers: <c>%DOWNSTREAM_PEER_URI_SAN%</c>, <c>%REQ(x-id)%</c>. Changes without any cost nothing.</summary>
internal static class HeaderValues
{
    /// <summary>The changes with their values; those that come to nothing are left out, unless they keep it.</summary>
    public static ImmutableArray<HeaderMutation> Resolve(ImmutableArray<HeaderMutation> changes, HttpExchange exchange)
    {
        AccessLogEntry? entry = null;
        ImmutableArray<HeaderMutation>.Builder? resolved = null;
        for (var i = 0; i < changes.Length; i++)
        {
            var change = changes[i];
            if (change.Template is null)
            {
                resolved?.Add(change);
                continue;
            }

            resolved ??= changes[..i].ToBuilder();
            var value = Clean(change.Template.Format(entry ??= RequestReport.Of(exchange)));
            if (value.Length > 0 || change.KeepsEmpty)
            {
                resolved.Add(change with { Value = value });
            }
        }

        return resolved?.ToImmutable() ?? changes;
    }

    // Names of a certificate may hold anything, also line breaks.
    private static string Clean(string value) => value.AsSpan().ContainsAnyExceptInRange(' ', '~')
        ? string.Create(value.Length, value, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = source[i] is >= ' ' and <= '~' ? source[i] : '?';
            }
        })
        : value;
}
