using Zoneway.SniRouter.Tls;
using Zoneway.TestUtilities;

namespace Zoneway.SniRouter.Tests.Tls;

public sealed class ClientHelloReaderAllocationTests
{
    [Theory]
    [InlineData(16_384)]
    [InlineData(200)]
    [InlineData(1)]
    public void Read_OneBuffer_AllocatesNothing(int recordSize)
    {
        byte[] hello = ClientHelloBuilder.PostQuantum("www.example.org").WithRecordSize(recordSize).Build();
        ReadAndUse(hello);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int used = 0;
        for (int i = 0; i < 100; i++)
        {
            used += ReadAndUse(hello);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.NotEqual(0, used);
    }

    [Fact]
    public void Read_SeveralSegments_AllocatesNothingOnceTheBufferIsPooled()
    {
        var segments = ByteSegments.Split(ClientHelloBuilder.PostQuantum("www.example.org").Build(), 1000);
        Read();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Read();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Read()
        {
            using var reader = new ClientHelloReader();
            reader.Read(segments);
        }
    }

    private static int ReadAndUse(byte[] input)
    {
        using var reader = new ClientHelloReader();
        reader.Read(input);
        var hello = reader.Hello;
        int used = hello.ServerName.Length;
        foreach (var name in hello.ApplicationProtocols)
        {
            used += name.Length;
        }

        foreach (ushort version in hello.SupportedVersions)
        {
            used += version;
        }

        foreach (ushort group in hello.KeyShareGroups)
        {
            used += group;
        }

        return used;
    }
}
