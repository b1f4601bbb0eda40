using System.Collections.Immutable;
using YamlDotNet.Core;
using Zoneway.ZoneControlPlane.Resources.Yaml;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Reads the resources of one file in Kuma's universal format.</summary>
internal static class ResourceReader
{
    /// <summary>Reads every document of a file.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="maxNodes">Most values accepted.</param>
    /// <returns>The resources, and the findings; when one of these is an error the resources are not complete and must not be used.</returns>
    public static ResourceFileContent Read(string text, int maxNodes = ResourceLimits.MaxFileNodes)
    {
        var problems = new ProblemList();
        var resources = ImmutableArray.CreateBuilder<Resource>();
        foreach (var document in ReadDocuments(text, maxNodes, problems))
        {
            if (ReadResource(document, problems) is { } resource)
            {
                resources.Add(resource);
            }
        }

        return new ResourceFileContent(resources.ToImmutable(), problems);
    }

    private static IReadOnlyList<YamlElement> ReadDocuments(string text, int maxNodes, ProblemList problems)
    {
        try
        {
            return YamlDocumentReader.Read(text, maxNodes);
        }
        catch (YamlException exception)
        {
            problems.Error((int)exception.Start.Line, $"not readable as YAML: {exception.Message}");
            return [];
        }
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
/// <param name="Resources">Its resources in file order.</param>
/// <param name="Findings">What was noticed; <see cref="ProblemList.HasErrors"/> says that the file is bad.</param>
internal sealed record ResourceFileContent(ImmutableArray<Resource> Resources, ProblemList Findings);
