using System.Collections.Immutable;
using Zoneway.ZoneControlPlane.Resources.Yaml;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Reads the resources of one file in Kuma's universal format.</summary>
internal static class ResourceReader
{
    /// <summary>Reads every document of a file.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="maxNodes">Most values accepted.</param>
    /// <returns>The resources of the documents that are good, and the findings; when one of these is an error something is missing.</returns>
    public static ResourceFileContent Read(string text, int maxNodes = ResourceLimits.MaxFileNodes)
    {
        var problems = new ProblemList();
        var resources = ImmutableArray.CreateBuilder<Resource>();
        var refusals = ImmutableArray.CreateBuilder<Resource>();
        foreach (var document in YamlDocuments.Read(text, maxNodes, problems))
        {
            var found = new ProblemList();
            var resource = ReadResource(document, found);
            if (!found.HasErrors && resource is not null)
            {
                resources.Add(resource);
            }
            else if (found.HasErrors && BrokenPermissionResource.InPlaceOf(resource) is { } refusal)
            {
                refusals.Add(refusal);
            }

            problems.AddDocument(found, resource is { Name.Length: > 0 } ? resource.Key.ToString() : "a document without type and name");
        }

        return new ResourceFileContent(resources.ToImmutable(), refusals.ToImmutable(), problems);
    }

    private static Resource? ReadResource(YamlElement document, ProblemList problems)
    {
        if (document.Fields is null)
        {
            problems.Error(document.Line, "a document must be a mapping that begins with the resource's type");
            return null;
        }

        var fields = new ResourceFields(document, path: "", problems);
        var kind = fields.RequiredText("type");
        Resource? resource = kind switch
        {
            MeshResource.Kind => ProxyResourceReader.ReadMesh(fields),
            DataplaneResource.Kind => DataplaneReader.Read(fields),
            ZoneIngressResource.Kind => ProxyResourceReader.ReadZoneIngress(fields),
            ZoneEgressResource.Kind => ProxyResourceReader.ReadZoneEgress(fields),
            ExternalServiceResource.Kind => ExternalServiceReader.Read(fields),
            MeshExternalServiceResource.Kind => MeshExternalServiceReader.Read(fields),
            TrafficPermissionResource.Kind => TrafficPermissionReader.Read(fields),
            MeshTrafficPermissionResource.Kind => MeshTrafficPermissionReader.Read(fields),
            RateLimitResource.Kind => RateLimitReader.Read(fields),
            FaultInjectionResource.Kind => FaultInjectionReader.Read(fields),
            _ => null,
        };
        if (resource is null && kind.Length > 0)
        {
            problems.Notice(document.Line, $"resource type \"{kind}\" is not served and has no effect");
        }

        if (resource is not null)
        {
            fields.ReportRest();
        }

        return resource;
    }
}

/// <summary>What a file holds.</summary>
/// <param name="Resources">The resources of its good documents, in file order.</param>
/// <param name="Refusals">What stands in for permissions that are bad, as long as there is no earlier good state of them.</param>
/// <param name="Findings">What was noticed; <see cref="ProblemList.HasErrors"/> says that a document is bad.</param>
internal sealed record ResourceFileContent(ImmutableArray<Resource> Resources, ImmutableArray<Resource> Refusals, ProblemList Findings);
