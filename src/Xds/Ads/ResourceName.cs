using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace Zoneway.Xds.Ads;

/// <summary>
/// Reads the name out of a marshalled resource without parsing the rest: in Cluster, ClusterLoadAssignment, Listener and Secret
/// alike it is field 1, a string (protocol §11).
/// </summary>
internal static class ResourceName
{
    private const int MaxBytes = 4096;

    private static readonly uint NameTag = WireFormat.MakeTag(1, WireFormat.WireType.LengthDelimited);

    /// <summary>False when the bytes are no message, the name is missing or empty, or it is longer than 4096 bytes.</summary>
    public static bool TryRead(ByteString message, [NotNullWhen(true)] out string? name)
    {
        name = null;
        using var input = message.CreateCodedInput();
        try
        {
            for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
            {
                if (tag != NameTag)
                {
                    input.SkipLastField();
                    continue;
                }

                // The last one counts, as everywhere in protobuf.
                name = input.ReadString();
            }
        }
        catch (InvalidProtocolBufferException)
        {
            // What is broken after the name is for the translation of this resource to say, by name.
        }

        return name is { Length: > 0 and <= MaxBytes };
    }
}
