using System.Collections.Immutable;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Zoneway.Termination.Http;

namespace Zoneway.Egress.Http;

/// <summary>Applies changes of headers to requests and answers.</summary>
internal static class HeaderMutations
{
    /// <summary>Applies one change.</summary>
    public static void Apply(IHeaderDictionary headers, HeaderMutation change)
    {
        if (change.Value is null)
        {
            headers.Remove(change.Name);
            return;
        }

        var exists = headers.TryGetValue(change.Name, out var values);
        switch (change.Action)
        {
            case HeaderAppendAction.AppendIfExistsOrAdd:
                headers[change.Name] = StringValues.Concat(values, change.Value);
                break;
            case HeaderAppendAction.OverwriteIfExistsOrAdd:
            case HeaderAppendAction.AddIfAbsent when !exists:
            case HeaderAppendAction.OverwriteIfExists when exists:
                headers[change.Name] = change.Value;
                break;
        }
    }

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
