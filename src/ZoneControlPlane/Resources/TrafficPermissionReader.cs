using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Reads TrafficPermission documents. Protocol §5.4.</summary>
internal static class TrafficPermissionReader
{
    public static TrafficPermissionResource Read(ResourceFields fields)
    {
        var mesh = fields.RequiredName("mesh");
        var name = fields.RequiredName("name");
        fields.Skip("labels");
        return new TrafficPermissionResource(mesh, name, fields.Line)
        {
            Sources = ReadSelectors(fields, "sources"),
            Destinations = ReadSelectors(fields, "destinations"),
        };
    }

    private static ImmutableArray<TagSet> ReadSelectors(ResourceFields fields, string name)
    {
        if (fields.Children(name) is not { Count: > 0 } selectors)
        {
            fields.Error(name, "is required: a list of match");
            return [];
        }

        var tags = ImmutableArray.CreateBuilder<TagSet>();
        foreach (var selector in selectors)
        {
            var match = selector.SelectorTags("match", allowsWildcard: true);
            if (match.Service is null)
            {
                selector.Error($"{name}: match needs {TagSet.ServiceKey}, which may be \"*\"");
            }

            tags.Add(match);
            selector.ReportRest();
        }

        return tags.ToImmutable();
    }
}
