using System.Reflection;
using Google.Protobuf.Reflection;

namespace Zoneway.Xds.Protocol;

/// <summary>
/// Every message type generated from <c>protos/</c>, by full name: for <c>@type</c> in JSON and for unpacking an
/// <see cref="Google.Protobuf.WellKnownTypes.Any"/> whose type is known only at run time.
/// </summary>
internal static class XdsTypeRegistry
{
    /// <summary>The registry, built on first use. Includes the well-known types our files import.</summary>
    public static TypeRegistry Instance { get; } = TypeRegistry.FromFiles(GeneratedFiles());

    // protoc puts the descriptor of a file x.proto into a static class XReflection; a list by hand would miss the next file added.
    private static IEnumerable<FileDescriptor> GeneratedFiles() =>
        from type in typeof(XdsTypeRegistry).Assembly.GetTypes()
        where type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Reflection", StringComparison.Ordinal)
        let descriptor = type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
        where descriptor?.PropertyType == typeof(FileDescriptor)
        select (FileDescriptor)descriptor.GetValue(null)!;
}
