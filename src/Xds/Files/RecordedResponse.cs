using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Zoneway.Xds.Files;

/// <summary>A DiscoveryResponse or DeltaDiscoveryResponse as it came over the wire, without the five bytes that gRPC puts before a message.</summary>
internal static class RecordedResponse
{
    private static readonly string WrapperType = Resource.Descriptor.FullName;

    /// <summary>Whether bytes are no text: they have control characters, as the tags and lengths of protobuf are, or are not UTF-8.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            if (value < 0x20 && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                return true;
            }
        }

        return !System.Text.Unicode.Utf8.IsValid(bytes);
    }

    /// <summary>The resources of a response, each with the name it was sent under (empty where it has none) and where it is.</summary>
    /// <returns>Null when the bytes are neither response.</returns>
    public static IReadOnlyList<(string Place, string Name, Any Body)>? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            // The two differ in what a resource is wrapped in; only an Any begins with a type URL.
            var response = DiscoveryResponse.Parser.ParseFrom(bytes);
            if (response.Resources.All(body => body.TypeUrl.Contains('/', StringComparison.Ordinal)))
            {
                return response.Resources.Count == 0 && !response.TypeUrl.Contains('/', StringComparison.Ordinal) ? null : [.. response.Resources.Select(Unwrap)];
            }
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            // Then it may be the other one.
        }

        try
        {
            var delta = DeltaDiscoveryResponse.Parser.ParseFrom(bytes);
            return delta.Resources.Count == 0 && !delta.TypeUrl.Contains('/', StringComparison.Ordinal)
                ? null
                : [.. delta.Resources.Select((resource, i) => ($"resources[{i}]", resource.Name, resource.Resource_ ?? new Any()))];
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            return null;
        }
    }

    private static (string Place, string Name, Any Body) Unwrap(Any body, int index)
    {
        if (Any.GetTypeName(body.TypeUrl) != WrapperType)
        {
            return ($"resources[{index}]", "", body);
        }

        var wrapper = Resource.Parser.ParseFrom(body.Value);
        return ($"resources[{index}]", wrapper.Name, wrapper.Resource_ ?? new Any());
    }
}
