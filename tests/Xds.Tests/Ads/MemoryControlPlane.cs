using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Zoneway.TestUtilities.Ads;
using Zoneway.Xds.Ads;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Tests.Ads;

/// <summary>A control plane without a network: its streams are played by a test.</summary>
internal sealed class MemoryControlPlane : IAdsTransport
{
    private readonly Channel<ScriptedStream> _streams = Channel.CreateUnbounded<ScriptedStream>();

    /// <summary>Waited for before each request is taken in.</summary>
    public Task Takes { get; set; } = Task.CompletedTask;

    public Task<ScriptedStream> NextStreamAsync() => _streams.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public IAdsStream<DiscoveryRequest, DiscoveryResponse> OpenStateOfTheWorld(string? token) =>
        new MemoryStream<DiscoveryRequest, DiscoveryResponse>(
            this, Open(XdsVariant.StateOfTheWorld, token), ScriptedRequest.From, response => response.ToStateOfTheWorld());

    public IAdsStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> OpenDelta(string? token) =>
        new MemoryStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse>(
            this, Open(XdsVariant.Delta, token), ScriptedRequest.From, response => response.ToDelta());

    private ScriptedStream Open(XdsVariant variant, string? token)
    {
        var stream = new ScriptedStream(variant, token);
        _streams.Writer.TryWrite(stream);
        return stream;
    }

    private sealed class MemoryStream<TRequest, TResponse>(
        MemoryControlPlane controlPlane,
        ScriptedStream stream,
        Func<TRequest, ScriptedRequest> read,
        Func<ScriptedResponse, TResponse> write) : IAdsStream<TRequest, TResponse>
        where TResponse : class
    {
        public async Task WriteAsync(TRequest request, CancellationToken cancellationToken)
        {
            await controlPlane.Takes.WaitAsync(cancellationToken);
            if (stream.Responses.Completion.IsCompleted)
            {
                throw new RpcException(new(StatusCode.Internal, "The stream is over."));
            }

            stream.Received(read(request));
        }

        public async Task<TResponse?> ReadAsync(CancellationToken cancellationToken) =>
            await stream.Responses.WaitToReadAsync(cancellationToken) && stream.Responses.TryRead(out var response) ? write(response) : null;

        public Task CompleteAsync()
        {
            stream.HalfClosed();
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            stream.Cancelled();
            return ValueTask.CompletedTask;
        }
    }
}
