using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Envoy.Config.Core.V3;
using Google.Protobuf;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Files;
using Zoneway.Xds.Protocol;
using BootstrapMessage = Envoy.Config.Bootstrap.V3.Bootstrap;

namespace Zoneway.Xds.Bootstrap;

/// <summary>Reads the bootstrap document: YAML, then protobuf's JSON form, then the parts that matter here.</summary>
internal static class BootstrapReader
{
    private static readonly string[] MembersUsed = ["node", "dynamicResources", "dynamic_resources", "staticResources", "static_resources"];
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true).WithTypeRegistry(XdsTypeRegistry.Instance));

    public static bool TryRead(string yaml, [NotNullWhen(true)] out BootstrapDocument? document, out string error)
    {
        document = null;
        error = "";
        try
        {
            document = Read(Select(yaml), Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(yaml))));
            return true;
        }
        catch (Exception exception) when (exception is InvalidDataException or YamlFormatException or IOException or InvalidOperationException or ArgumentException)
        {
            error = exception.Message;
            return false;
        }
    }

    // Members of no use here (tracing, admin, runtime) may hold extensions that this proxy does not know, so they go before protobuf sees them.
    private static JsonObject Select(string yaml)
    {
        var document = YamlToJson.Parse(yaml) as JsonObject ?? throw new InvalidDataException("The document is not a mapping.");
        foreach (var name in document.Select(member => member.Key).Except(MembersUsed, StringComparer.Ordinal).ToList())
        {
            document.Remove(name);
        }

        return document;
    }

    private static BootstrapDocument Read(JsonObject json, string fingerprint)
    {
        var bootstrap = Parser.Parse<BootstrapMessage>(json.ToJsonString());
        var ads = bootstrap.DynamicResources?.AdsConfig ?? throw new InvalidDataException("dynamicResources.adsConfig is missing.");
        var service = ads.GrpcServices.FirstOrDefault() ?? throw new InvalidDataException("dynamicResources.adsConfig.grpcServices is empty.");
        return new BootstrapDocument
        {
            Node = ReadNode(bootstrap.Node, json),
            Variant = ReadVariant(ads.ApiType),
            Server = ReadServer(service, bootstrap.StaticResources ?? new()),
            InitialMetadata = [.. service.InitialMetadata.Select(ReadHeader)],
            TokenFile = service.GoogleGrpc is { } google ? GoogleGrpcReader.ReadTokenFile(google) : null,
            Fingerprint = fingerprint,
        };
    }

    // The metadata is passed on as it came: protobuf's number type would round what it holds.
    private static NodeIdentity ReadNode(Node? node, JsonObject json) => node?.Id is { Length: > 0 } id
        ? new NodeIdentity(id, node.Cluster, json["node"]?["metadata"]?.DeepClone() as JsonObject ?? [])
        : throw new InvalidDataException("node.id is missing.");

    private static XdsVariant ReadVariant(ApiConfigSource.Types.ApiType type) => type switch
    {
        ApiConfigSource.Types.ApiType.Grpc => XdsVariant.StateOfTheWorld,
        ApiConfigSource.Types.ApiType.DeltaGrpc => XdsVariant.Delta,
        _ => throw new InvalidDataException($"dynamicResources.adsConfig.apiType {type} is not supported, only GRPC and DELTA_GRPC are."),
    };

    private static AdsServer ReadServer(GrpcService service, BootstrapMessage.Types.StaticResources resources) => service.TargetSpecifierCase switch
    {
        GrpcService.TargetSpecifierOneofCase.EnvoyGrpc => EnvoyGrpcReader.ReadServer(service.EnvoyGrpc, resources),
        GrpcService.TargetSpecifierOneofCase.GoogleGrpc => GoogleGrpcReader.ReadServer(service.GoogleGrpc),
        _ => throw new InvalidDataException("dynamicResources.adsConfig.grpcServices[0] names no target."),
    };

    // Header names are lower case in HTTP/2 (RFC 9113 §8.2.1).
    private static KeyValuePair<string, string> ReadHeader(HeaderValue header) => new(
        header.Key.ToLowerInvariant(), header.Value.Length > 0 || header.RawValue.IsEmpty ? header.Value : header.RawValue.ToStringUtf8());
}
