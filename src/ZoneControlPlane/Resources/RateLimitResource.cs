using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>How many requests or connections a service takes. Protocol §8.</summary>
internal sealed record RateLimitResource(string Mesh, string Name, int Line) : Resource(Name, Line)
{
    public const string Kind = "MeshRateLimit";

    /// <summary>Destinations; null for what this control plane never serves, such as a kind of data plane.</summary>
    public TargetRef? Target { get; init; }

    /// <summary>The limits; of what several say the last counts.</summary>
    public ImmutableArray<RateLimit> Limits { get; init; } = [];

    public override ResourceKey Key => new(Kind, Mesh, Zone, Name);
}

/// <summary>A limit; what it does not say is null.</summary>
internal sealed record RateLimit
{
    public static RateLimit None { get; } = new();

    /// <summary>Requests over HTTP.</summary>
    public Rate? Requests { get; init; }

    /// <summary>Whether requests are not limited after all.</summary>
    public bool? AreRequestsUnlimited { get; init; }

    /// <summary>Status of the answer to what is too much; null leaves it to the proxy: 429.</summary>
    public uint? Status { get; init; }

    /// <summary>Headers of that answer.</summary>
    public ImmutableArray<AnswerHeader>? Headers { get; init; }

    /// <summary>New connections of other protocols.</summary>
    public Rate? Connections { get; init; }

    /// <summary>Whether connections are not limited after all.</summary>
    public bool? AreConnectionsUnlimited { get; init; }

    /// <summary>This limit with what a later one says.</summary>
    public RateLimit With(RateLimit later) => new()
    {
        Requests = later.Requests ?? Requests,
        AreRequestsUnlimited = later.AreRequestsUnlimited ?? AreRequestsUnlimited,
        Status = later.Status ?? Status,
        Headers = later.Headers ?? Headers,
        Connections = later.Connections ?? Connections,
        AreConnectionsUnlimited = later.AreConnectionsUnlimited ?? AreConnectionsUnlimited,
    };
}

/// <summary>A number in an interval.</summary>
internal sealed record Rate(uint Number, TimeSpan Interval);

/// <summary>A header of an answer.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsAdded">Whether headers of this name that are there stay.</param>
internal sealed record AnswerHeader(string Name, string Value, bool IsAdded);
