using Envoy.Config.Rbac.V3;
using Envoy.Type.Matcher.V3;
using Zoneway.ZoneControlPlane.Certificates;
using Zoneway.ZoneControlPlane.Resources;

namespace Zoneway.ZoneControlPlane.Snapshots.External;

/// <summary>Makes RBAC principals of tags: services by their SPIFFE id, every other tag by its <c>kuma://</c> URI. Protocol §5.4.</summary>
internal static class Principals
{
    private const string Any = "*";

    /// <summary>Clients that have all the tags; a tag with the value <c>*</c> only has to be there, and the service always is.</summary>
    public static Principal Of(string mesh, TagSet tags)
    {
        var principals = tags.Tags.Where(static tag => tag is not { Key: TagSet.ServiceKey, Value: Any }).Select(tag => Of(mesh, tag.Key, tag.Value)).ToList();
        return principals switch
        {
            [] => new Principal { Any = true },
            [var only] => only,
            _ => All(principals),
        };
    }

    /// <summary>Clients that are the first and none of the others.</summary>
    public static Principal Except(Principal principal, IReadOnlyCollection<Principal> others) =>
        others.Count == 0 ? principal : All([principal, .. others.Select(static other => new Principal { NotId = other })]);

    private static Principal All(IEnumerable<Principal> principals) => new() { AndIds = new Principal.Types.Set { Ids = { principals } } };

    private static Principal Of(string mesh, string key, string value)
    {
        var name = key == TagSet.ServiceKey
            ? new StringMatcher { Exact = SpiffeId.OfService(mesh, value) }
            : value == Any ? new StringMatcher { Prefix = SpiffeId.OfTag(key, "") } : new StringMatcher { Exact = SpiffeId.OfTag(key, value) };
        return new Principal { Authenticated = new Principal.Types.Authenticated { PrincipalName = name } };
    }
}
