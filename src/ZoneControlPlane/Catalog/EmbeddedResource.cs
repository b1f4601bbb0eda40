using Zoneway.ZoneControlPlane.Resources;
using Zoneway.ZoneControlPlane.Snapshots;

namespace Zoneway.ZoneControlPlane.Catalog;

/// <summary>Reads the resource that a proxy sends of itself, in its bootstrap request and in its node metadata. Protocol §1.1, §3.2.</summary>
internal static class EmbeddedResource
{
    /// <summary>Reads one ZoneIngress or ZoneEgress in JSON or YAML.</summary>
    /// <param name="text">What the proxy sent.</param>
    /// <param name="kind">Kind of proxy it says it is; the resource must be of the same kind.</param>
    /// <param name="zone">Zone of this control plane; the resource must belong to it or name no zone.</param>
    /// <param name="error">Why the text was not taken; null on success.</param>
    /// <returns>The resource, its zone left out; null on failure.</returns>
    public static Resource? Read(string text, ProxyKind kind, string zone, out string? error)
    {
        if (text.Length > ResourceLimits.MaxEmbeddedLength)
        {
            error = $"the resource is longer than {ResourceLimits.MaxEmbeddedLength} characters";
            return null;
        }

        var content = ResourceReader.Read(text, ResourceLimits.MaxEmbeddedNodes);
        var fault = content.Findings.Problems.FirstOrDefault(static problem => problem.Severity == ProblemSeverity.Error);
        error = fault is not null ? $"line {fault.Line}: {fault.Message}" : FindMismatch(content, kind, zone);
        return error is null ? content.Resources[0] with { Zone = null } : null;
    }

    private static string? FindMismatch(ResourceFileContent content, ProxyKind kind, string zone)
    {
        var expected = kind == ProxyKind.Ingress ? ZoneIngressResource.Kind : ZoneEgressResource.Kind;
        if (content.Resources is not [var resource] || resource.Key.Kind != expected)
        {
            return $"the resource must be one {expected}";
        }

        return resource.Zone is null || resource.Zone == zone ? null : $"the resource belongs to zone {resource.Zone}, this is zone {zone}";
    }
}
