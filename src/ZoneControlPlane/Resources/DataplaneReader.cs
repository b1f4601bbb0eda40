using System.Collections.Immutable;

namespace Zoneway.ZoneControlPlane.Resources;

/// <summary>Reads Dataplane documents: where a workload's inbounds are, how they are tagged and whether they are ready.</summary>
internal static class DataplaneReader
{
    public static DataplaneResource Read(ResourceFields fields)
    {
        var mesh = fields.RequiredName("mesh");
        var name = fields.RequiredName("name");
        var labels = fields.Child("labels");
        var zone = labels?.Name(TagSet.ZoneKey);
        var networking = fields.Child("networking");
        if (networking is null)
        {
            fields.Error("networking is required");
        }

        return new DataplaneResource(mesh, name, fields.Line)
        {
            Zone = zone,
            Inbounds = networking is null ? [] : ReadInbounds(networking),
        };
    }

    private static ImmutableArray<DataplaneInbound> ReadInbounds(ResourceFields networking)
    {
        var address = networking.Host("address");
        var advertised = networking.Host("advertisedAddress");
        var inbounds = ImmutableArray.CreateBuilder<DataplaneInbound>();
        foreach (var inbound in networking.Children("inbound") ?? [])
        {
            inbounds.Add(ReadInbound(inbound, advertised ?? address));
            inbound.ReportRest();
        }

        networking.ReportRest();
        return inbounds.ToImmutable();
    }

    // An inbound's own address comes before the advertised one, and that before the address the sidecar binds.
    private static DataplaneInbound ReadInbound(ResourceFields inbound, string? defaultAddress)
    {
        var address = inbound.Host("address") ?? defaultAddress;
        var port = inbound.Port("port");
        if (address is null || port is null)
        {
            inbound.Error("an inbound needs a port and, here or in networking, an address");
        }

        return new DataplaneInbound(address ?? "", port ?? 0, inbound.ServiceTags("tags"), ReadReadiness(inbound));
    }

    private static bool ReadReadiness(ResourceFields inbound)
    {
        var health = inbound.Child("health");
        var isHealthy = health is null || health.Flag("ready") == true;
        health?.ReportRest();
        return inbound.Text("state") is null or "" or "Ready" && isHealthy;
    }
}
