using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Reads Mesh, ZoneIngress and ZoneEgress documents. Protocol §7.1, §9.5.</summary>
internal static class ProxyResourceReader
{
    public static MeshResource ReadMesh(ResourceFields fields)
    {
        var name = fields.RequiredName("name");
        var backendType = fields.Child("mtls") is { } mtls ? ReadBackendType(mtls) : null;
        var routing = fields.Child("routing");
        var usesZoneEgress = routing?.Flag("zoneEgress") ?? false;
        var forbidsExternal = routing?.Flag("defaultForbidMeshExternalServiceAccess") ?? false;
        routing?.ReportRest();
        var meshServices = fields.Child("meshServices");
        var mode = meshServices?.Text("mode");
        meshServices?.ReportRest();
        return new MeshResource(name, fields.Line)
        {
            MtlsBackendType = backendType,
            UsesZoneEgress = usesZoneEgress,
            ForbidsMeshExternalServices = forbidsExternal,
            HasExclusiveMeshServices = mode == "Exclusive",
        };
    }

    public static ZoneIngressResource ReadZoneIngress(ResourceFields fields)
    {
        var name = fields.RequiredName("name");
        var zone = fields.Name("zone");
        fields.Skip("mesh");
        var networking = RequireNetworking(fields);
        var listen = ReadListenAddress(networking);
        var advertisedHost = networking?.Host("advertisedAddress");
        var advertisedPort = networking?.Port("advertisedPort");
        var adminPort = ReadAdminPort(networking);
        networking?.ReportRest();
        return new ZoneIngressResource(name, fields.Line)
        {
            Zone = zone,
            Networking = listen,
            Advertised = advertisedHost is null || advertisedPort is null ? null : new HostPort(advertisedHost, advertisedPort.Value),
            AdminPort = adminPort,
            AvailableServices = ReadAvailableServices(fields),
        };
    }

    public static ZoneEgressResource ReadZoneEgress(ResourceFields fields)
    {
        var name = fields.RequiredName("name");
        var zone = fields.Name("zone");
        fields.Skip("mesh");
        var networking = RequireNetworking(fields);
        var listen = ReadListenAddress(networking);
        var adminPort = ReadAdminPort(networking);
        networking?.ReportRest();
        return new ZoneEgressResource(name, fields.Line) { Zone = zone, Networking = listen, AdminPort = adminPort };
    }

    private static string? ReadBackendType(ResourceFields mtls)
    {
        var enabled = mtls.Text("enabledBackend");
        var types = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var backend in mtls.Children("backends") ?? [])
        {
            types[backend.RequiredText("name")] = backend.RequiredText("type");
            backend.ReportRest();
        }

        if (!string.IsNullOrEmpty(enabled) && !types.ContainsKey(enabled))
        {
            mtls.Error($"mtls.enabledBackend \"{enabled}\" is not among mtls.backends");
        }

        mtls.ReportRest();
        return string.IsNullOrEmpty(enabled) ? null : types.GetValueOrDefault(enabled);
    }

    private static ResourceFields? RequireNetworking(ResourceFields fields)
    {
        var networking = fields.Child("networking");
        if (networking is null)
        {
            fields.Error("networking is required");
        }

        return networking;
    }

    private static HostPort ReadListenAddress(ResourceFields? networking)
    {
        var host = networking?.Host("address");
        var port = networking?.Port("port");
        if (networking is not null && (host is null || port is null))
        {
            networking.Error("networking.address and networking.port are required");
        }

        return new HostPort(host ?? "", port ?? 0);
    }

    private static int? ReadAdminPort(ResourceFields? networking)
    {
        var admin = networking?.Child("admin");
        var port = admin?.Port("port");
        admin?.ReportRest();
        return port;
    }

    private static ImmutableArray<AvailableService>? ReadAvailableServices(ResourceFields fields)
    {
        if (fields.Children("availableServices") is not { } entries)
        {
            return null;
        }

        var services = ImmutableArray.CreateBuilder<AvailableService>(entries.Count);
        foreach (var entry in entries)
        {
            services.Add(new AvailableService(entry.RequiredName("mesh"), entry.ServiceTags("tags"), entry.Count("instances"), entry.Flag("externalService") ?? false));
            entry.ReportRest();
        }

        return services.MoveToImmutable();
    }
}
