using BenchmarkDotNet.Attributes;
using Zoneway.SniRouter.Tls;
using Zoneway.TestUtilities;

namespace Zoneway.Microbenchmarks;

/// <summary>Reading a whole ClientHello from one buffer up to the server name.</summary>
public class ClientHelloBenchmarks
{
    private const string ServerName = "backend{mesh=default,version=v1}";

    private readonly byte[] _small = ClientHelloBuilder.Typical(ServerName).Build();
    private readonly byte[] _postQuantum = ClientHelloBuilder.PostQuantum(ServerName).Build();
    private readonly byte[] _manyRecords = ClientHelloBuilder.PostQuantum(ServerName).WithRecordSize(16).Build();

    [Benchmark]
    public int Small() => Read(_small);

    [Benchmark]
    public int PostQuantum() => Read(_postQuantum);

    /// <summary>The post-quantum hello in more than a hundred records of 16 bytes.</summary>
    [Benchmark]
    public int ManyRecords() => Read(_manyRecords);

    private static int Read(byte[] input)
    {
        using var reader = new ClientHelloReader();
        return reader.Read(input) == ClientHelloReadStatus.Complete
            ? reader.Hello.ServerName.Length
            : throw new InvalidOperationException("The hello is not readable");
    }
}
