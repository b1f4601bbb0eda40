using Zoneway.Xds.Bootstrap;

namespace Zoneway.Hosting.Settings;

/// <summary>Who the proxy is: from the resource it brings along, from settings, or from its Pod.</summary>
internal sealed record ProxyIdentity(ProxyType Type, string Name, string? Mesh, ProxyResource? Resource)
{
    private const string DefaultMesh = "default";
    private const int MaxResourceBytes = 1024 * 1024;

    /// <summary>Reads type, name and mesh; what contradicts the resource is a problem, as it is for kuma-dp (protocol §9.5).</summary>
    public static ProxyIdentity Read(ProxyProgram program, SettingReader reader, bool isFollowingFile)
    {
        var resource = ReadResource(reader);
        var type = ReadType(program, reader, resource);
        var mesh = type == ProxyType.Dataplane ? Agree(reader, KnownSettings.Mesh, resource?.Mesh) ?? DefaultMesh : null;
        return new ProxyIdentity(type, ReadName(program, reader, resource, isFollowingFile), mesh, resource);
    }

    private static ProxyResource? ReadResource(SettingReader reader)
    {
        if (reader.Either(KnownSettings.Dataplane, KnownSettings.DataplaneFile) is not { } setting)
        {
            return null;
        }

        var text = reader.Text(setting)!;
        var error = "";
        if ((setting == KnownSettings.Dataplane || SmallFile.TryRead(text, MaxResourceBytes, out text, out error))
            && ResourceTemplate.TryRender(text, ResourceTemplate.ReadVariables(reader), out text, out error)
            && ProxyResource.TryParse(text, out var resource, out error))
        {
            return resource;
        }

        reader.Problem($"{reader.Source(setting)}: {error}");
        return null;
    }

    private static ProxyType ReadType(ProxyProgram program, SettingReader reader, ProxyResource? resource)
    {
        ProxyType? given = reader.Text(KnownSettings.ProxyType) is { } text ? ReadType(reader, text) : null;
        var ofResource = resource is null ? null : ProxyTypes.FromResourceKind(resource.Type);
        if (resource is not null && ofResource is null)
        {
            reader.Problem($"A resource of type '{resource.Type}' is no proxy; ZoneIngress, ZoneEgress and Dataplane are.");
        }
        else if (given is not null && ofResource is not null && given != ofResource)
        {
            reader.Problem($"{reader.Source(KnownSettings.ProxyType)} says {given.Value.ToText()}, but the resource '{resource!.Name}' is of type {resource.Type}.");
        }

        var type = given ?? ofResource ?? program.DefaultType;
        if (!program.Types.Contains(type))
        {
            reader.Problem($"{program.Name} cannot be of the type {type.ToText()}; zone-egress can.");
        }

        return type;
    }

    private static ProxyType? ReadType(SettingReader reader, string text)
    {
        var type = ProxyTypes.FromText(text);
        if (type is null)
        {
            reader.Problem($"{reader.Source(KnownSettings.ProxyType)} must be one of ingress, egress, dataplane, not '{text}'.");
        }

        return type;
    }

    private static string ReadName(ProxyProgram program, SettingReader reader, ProxyResource? resource, bool isFollowingFile)
    {
        if (Agree(reader, KnownSettings.Name, resource?.Name) is { } name)
        {
            return name;
        }

        if (reader.Variable(KnownSettings.PodName) is { } pod && reader.Variable(KnownSettings.PodNamespace) is { } podNamespace)
        {
            return $"{pod}.{podNamespace}";
        }

        if (!isFollowingFile)
        {
            reader.Problem($"The proxy needs a name: {KnownSettings.Name.Flag}, or a resource with {KnownSettings.DataplaneFile.Flag}.");
        }

        return program.Name;
    }

    private static string? Agree(SettingReader reader, Setting setting, string? ofResource)
    {
        var given = reader.Text(setting);
        if (given is not null && ofResource is not null && given != ofResource)
        {
            reader.Problem($"{reader.Source(setting)} says '{given}', but the resource says '{ofResource}'. Leave one of them out.");
        }

        return ofResource ?? given;
    }
}
