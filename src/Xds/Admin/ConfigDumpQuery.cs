using System.Text.Json.Nodes;

namespace Zoneway.Xds.Admin;

/// <summary>Which part of the configuration dump is asked for. Protocol §9.1; the parameters are Envoy's.</summary>
public sealed record ConfigDumpQuery
{
    /// <summary>Whether endpoints are included (<c>include_eds</c>).</summary>
    public bool IncludeEds { get; init; }

    /// <summary>What the program was started with, as envoy.config.bootstrap.v3.Bootstrap; null leaves that section out.</summary>
    public JsonObject? Bootstrap { get; init; }

    /// <summary>Name of the one section wanted, such as <c>dynamic_listeners</c> (<c>resource</c>); null for all.</summary>
    public string? Resource { get; init; }

    /// <summary>Paths of the fields to keep of each section, or with <see cref="Resource"/> of each entry (<c>mask</c>); empty keeps all.</summary>
    public IReadOnlyList<string> Mask { get; init; } = [];
}
