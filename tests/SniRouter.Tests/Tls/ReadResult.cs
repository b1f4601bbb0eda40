using System.Buffers;
using Zoneway.SniRouter.Tls;

namespace Zoneway.SniRouter.Tests.Tls;

/// <summary>All that a reader said about one input, copied so that it can be compared.</summary>
internal sealed record ReadResult(
    ClientHelloReadStatus Status,
    int BytesNeeded,
    bool HasServerName,
    string ServerName,
    string ApplicationProtocols,
    string SupportedVersions,
    string KeyShareGroups,
    int LegacyVersion,
    bool OffersEncryptedClientHello,
    int WireLength)
{
    public static ReadResult Of(ReadOnlySpan<byte> input, int maxBytes = ClientHelloReader.DefaultMaxBytes)
    {
        using var reader = new ClientHelloReader(maxBytes);
        return From(reader.Read(input), reader);
    }

    public static ReadResult Of(in ReadOnlySequence<byte> input, int maxBytes = ClientHelloReader.DefaultMaxBytes)
    {
        using var reader = new ClientHelloReader(maxBytes);
        return From(reader.Read(input), reader);
    }

    private static ReadResult From(ClientHelloReadStatus status, scoped in ClientHelloReader reader)
    {
        var hello = reader.Hello;
        List<string> protocols = [];
        foreach (var name in hello.ApplicationProtocols)
        {
            protocols.Add(Convert.ToHexString(name));
        }

        List<int> versions = [];
        foreach (ushort version in hello.SupportedVersions)
        {
            versions.Add(version);
        }

        List<int> groups = [];
        foreach (ushort group in hello.KeyShareGroups)
        {
            groups.Add(group);
        }

        Assert.Equal(protocols.Count, hello.ApplicationProtocols.Count);
        Assert.Equal(protocols.Count == 0, hello.ApplicationProtocols.IsEmpty);
        Assert.Equal(versions.Count, hello.SupportedVersions.Count);
        Assert.Equal(groups.Count, hello.KeyShareGroups.Count);
        Assert.Equal(groups.Count == 0, hello.KeyShareGroups.IsEmpty);
        return new ReadResult(
            status,
            reader.BytesNeeded,
            hello.HasServerName,
            System.Text.Encoding.Latin1.GetString(hello.ServerName),
            string.Join(',', protocols),
            string.Join(',', versions),
            string.Join(',', groups),
            hello.LegacyVersion,
            hello.OffersEncryptedClientHello,
            hello.WireLength);
    }
}
