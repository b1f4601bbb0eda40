using System.Collections.Immutable;
using System.Net.Http.Headers;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>Applies changes of headers to requests that are about to be sent; <see cref="HeaderMutation"/> does so for the others.</summary>
internal static class HeaderMutations
{
    /// <summary>Applies changes to a request that is about to be sent.</summary>
    public static void Apply(HttpRequestMessage request, ImmutableArray<HeaderMutation> changes)
    {
        foreach (var change in changes)
        {
            Apply(request.Headers, request.Content?.Headers, change);
        }
    }

    private static void Apply(HttpHeaders headers, HttpHeaders? contentHeaders, HeaderMutation change)
    {
        var exists = headers.NonValidated.Contains(change.Name) || contentHeaders?.NonValidated.Contains(change.Name) == true;
        if (change.Value is null || (change.Action is HeaderAppendAction.OverwriteIfExistsOrAdd or HeaderAppendAction.OverwriteIfExists && exists))
        {
            headers.Remove(change.Name);
            contentHeaders?.Remove(change.Name);
        }

        var isAdded = change.Action switch
        {
            HeaderAppendAction.AddIfAbsent => !exists,
            HeaderAppendAction.OverwriteIfExists => exists,
            _ => true,
        };
        if (change.Value is not null && isAdded && !headers.TryAddWithoutValidation(change.Name, change.Value))
        {
            contentHeaders?.TryAddWithoutValidation(change.Name, change.Value);
        }
    }
}
