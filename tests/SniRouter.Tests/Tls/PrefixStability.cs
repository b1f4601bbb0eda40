using Zoneway.SniRouter.Tls;

namespace Zoneway.SniRouter.Tests.Tls;

/// <summary>The promise behind reading while bytes arrive: "need more" up to one length, from there on one answer.</summary>
internal static class PrefixStability
{
    /// <summary>Reads every prefix of the input.</summary>
    public static void Check(ReadOnlySpan<byte> input, int maxBytes = ClientHelloReader.DefaultMaxBytes)
    {
        var (previous, needed) = Read([], maxBytes);
        for (int length = 1; length <= input.Length; length++)
        {
            var (status, nextNeeded) = Read(input[..length], maxBytes);

            bool mayChange = previous == ClientHelloReadStatus.NeedMore && length == needed;
            bool changed = (status, nextNeeded) != (previous, needed);
            Assert.True(changed == mayChange, $"at {length} of {input.Length}: {previous} ({needed}) became {status} ({nextNeeded})");
            Assert.True(status == ClientHelloReadStatus.NeedMore ? nextNeeded > length : nextNeeded == 0);
            (previous, needed) = (status, nextNeeded);
        }
    }

    private static (ClientHelloReadStatus Status, int BytesNeeded) Read(ReadOnlySpan<byte> input, int maxBytes)
    {
        using var reader = new ClientHelloReader(maxBytes);
        return (reader.Read(input), reader.BytesNeeded);
    }
}
