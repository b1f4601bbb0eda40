using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Resources;

namespace Zoneway.Xds.Ads;

/// <summary>Collects the resources of one response: what can be handed on, and what cannot with the reason.</summary>
/// <param name="subscription">The type of the response.</param>
/// <param name="room">How many resources may be handed on that are not in <paramref name="known"/>.</param>
/// <param name="known">Names of resources that take up no more room; null for none.</param>
internal sealed class ResponseContent(Subscription subscription, int room, IReadOnlySet<string>? known = null)
{
    private readonly List<XdsResource> _resources = [];
    private readonly List<ResourceError> _errors = [];
    private readonly HashSet<string> _names = [];
    private int _room = room;

    /// <summary>Resources to hand on, in the order of the response.</summary>
    public IReadOnlyList<XdsResource> Resources => _resources;

    /// <summary>One error for each resource that cannot be handed on.</summary>
    public IReadOnlyList<ResourceError> Errors => _errors;

    /// <summary>A resource had no readable name, so which one it is cannot be known.</summary>
    public bool HasNameless { get; private set; }

    /// <summary>Resources nobody asked for, left out: a control plane may send more than the names of a request.</summary>
    public int Unasked { get; private set; }

    /// <summary>Whether the response had a resource of this name, good or bad.</summary>
    public bool Mentions(string name) => _names.Contains(name);

    /// <summary>Takes in the resource at <paramref name="index"/>.</summary>
    /// <param name="index">Position in the response, for the error text.</param>
    /// <param name="wrapperName">The name in the delta wrapper; null in the state of the world.</param>
    /// <param name="version">Version of the resource.</param>
    /// <param name="body">The resource.</param>
    public void Add(int index, string? wrapperName, string version, Any? body)
    {
        if (Fault(wrapperName, body, out var name) is { } reason)
        {
            HasNameless |= name is null;
            Reject(wrapperName ?? name, index, reason, body);
        }
        else if (!subscription.Covers(name!))
        {
            Unasked++;
        }
        else if (known?.Contains(name!) is not true && _room-- <= 0)
        {
            Reject(name, index, "is beyond the number of resources of a type that are taken", body);
        }
        else
        {
            _resources.Add(new(name!, version, body!));
        }
    }

    // Null when there is none; the name is then known.
    private string? Fault(string? wrapperName, Any? body, out string? name)
    {
        name = null;
        if (body is null)
        {
            return "has no content";
        }

        if (body.TypeUrl != subscription.Type.TypeUrl)
        {
            return $"is of type '{Shorten(body.TypeUrl)}', not '{subscription.Type.TypeUrl}'";
        }

        if (!ResourceName.TryRead(body.Value, out name))
        {
            return "has no readable name";
        }

        if (wrapperName is not null && wrapperName != name)
        {
            return $"calls itself '{Shorten(name)}' inside";
        }

        return _names.Add(name) ? null : "appears more than once in the response; the first one counts";
    }

    private void Reject(string? name, int index, string reason, Any? body)
    {
        var isNamed = !string.IsNullOrEmpty(name);
        if (isNamed)
        {
            _names.Add(name!);
        }

        var resource = isNamed ? Shorten(name!) : $"resources[{index}]";
        _errors.Add(new(resource, "", reason, subscription.History.IsNewFault(resource, reason, body)));
    }

    private static string Shorten(string text) => text.Length <= 256 ? text : $"{text.AsSpan(0, 256)}…";
}
