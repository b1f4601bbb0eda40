using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Commands;

/// <summary>What <c>zone-cp certificate</c> was told.</summary>
internal sealed class CertificateOptions
{
    public required string Mesh { get; init; }

    public required string Service { get; init; }

    public required string OutputPath { get; init; }

    public string? ResourcePath { get; init; }

    public string? CaPath { get; init; }

    public required string ValidFor { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Whether the command stays and renews the files.</summary>
    public bool Renews { get; init; }

    /// <summary>Checks everything and says all that is wrong; the results are valid when nothing is.</summary>
    public List<string> Validate(out TagSet tags, out TimeSpan validFor)
    {
        var faults = new List<string>();
        if (!ResourceNames.IsValidName(Mesh))
        {
            faults.Add($"--mesh: \"{Mesh}\" is not a mesh name");
        }

        if (!ResourceNames.IsValidName(Service))
        {
            faults.Add($"--service: \"{Service}\" is not a service name");
        }

        if (!GoDuration.TryParse(ValidFor, out validFor))
        {
            faults.Add($"--valid-for: \"{ValidFor}\" is not a duration such as 24h or 90m");
        }

        tags = ReadTags(faults);
        ValidateFolders(faults);
        return faults;
    }

    private TagSet ReadTags(List<string> faults)
    {
        var pairs = new List<KeyValuePair<string, string>> { KeyValuePair.Create(TagSet.ServiceKey, Service) };
        foreach (var tag in Tags)
        {
            var split = tag.IndexOf('=', StringComparison.Ordinal);
            if (split < 0)
            {
                faults.Add($"--tag: \"{tag}\" is not of the form key=value");
                continue;
            }

            pairs.Add(KeyValuePair.Create(tag[..split], tag[(split + 1)..]));
        }

        if (ResourceNames.IsValidName(Service) && ResourceNames.FindTagError(pairs) is { } error)
        {
            faults.Add($"--tag: {error}");
        }

        return TagSet.Of(pairs).With(TagSet.ServiceKey, Service);
    }

    private void ValidateFolders(List<string> faults)
    {
        if (ResourcePath is null && CaPath is null)
        {
            faults.Add("one of --resources and --ca-dir is needed: they say where the CA is");
        }
        else if (ResourcePath is not null && !Directory.Exists(ResourcePath))
        {
            faults.Add($"--resources: {ResourcePath} is not a folder");
        }
        else if (ResourcePath is not null && FindMeshFault(ResourcePath) is { } fault)
        {
            faults.Add(fault);
        }
    }

    private string? FindMeshFault(string folder) =>
        ReadResources(folder).OfType<MeshResource>().Any(mesh => mesh.Name == Mesh && mesh.HasBuiltinCa)
            ? null
            : $"--mesh: no file in {folder} defines mesh {Mesh} with an enabled mTLS backend of type builtin";

    private static IEnumerable<Resource> ReadResources(string folder)
    {
        foreach (var path in ResourceFolder.FindFiles(folder))
        {
            var file = new ResourceFileState(path);
            file.Refresh(always: true);
            foreach (var resource in file.Resources)
            {
                yield return resource;
            }
        }
    }
}
