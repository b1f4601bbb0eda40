namespace Zoneway.Xds.Ads;

/// <summary>The state of one resource type on one stream.</summary>
internal sealed class Subscription(ResourceType type, TypeHistory history)
{
    /// <summary>The type.</summary>
    public ResourceType Type { get; } = type;

    /// <summary>What outlives the stream.</summary>
    public TypeHistory History { get; } = history;

    /// <summary>What is asked for by name; empty for a wildcard.</summary>
    public NameList Names { get; } = new();

    /// <summary>The first request of this type went out on this stream.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Nonce of the last response on this stream; empty before the first.</summary>
    public string Nonce { get; set; } = "";

    /// <summary>Whether a resource of this name was asked for.</summary>
    public bool Covers(string name) => Type.IsWildcard || Names.Contains(name);
}
