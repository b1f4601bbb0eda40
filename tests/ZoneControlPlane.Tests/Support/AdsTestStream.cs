using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using Zoneway.Xds.Grpc;

namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>A client's stream: every wait is limited.</summary>
internal sealed class AdsTestStream<TRequest, TResponse>(AsyncDuplexStreamingCall<TRequest, TResponse> call) : IDisposable
{
    private Task<bool>? _next;

    public Task SendAsync(TRequest request) => call.RequestStream.WriteAsync(request, CancellationToken.None).WaitAsync(TestLimits.Wait);

    /// <summary>The next answer.</summary>
    public async Task<TResponse> ReceiveAsync()
    {
        var next = _next ?? call.ResponseStream.MoveNext(CancellationToken.None);
        _next = null;
        Assert.True(await next.WaitAsync(TestLimits.Wait), "the stream has ended");
        return call.ResponseStream.Current;
    }

    /// <summary>Begins to wait for the next answer, which <see cref="ReceiveAsync"/> then takes; says whether it is there.</summary>
    public bool HasAnswer() => (_next ??= call.ResponseStream.MoveNext(CancellationToken.None)).IsCompleted;

    public async Task<Zoneway.Xds.Grpc.Status> ReadToEndAsync()
    {
        try
        {
            while (await call.ResponseStream.MoveNext(CancellationToken.None).WaitAsync(TestLimits.Wait))
            {
            }

            return Zoneway.Xds.Grpc.Status.DefaultSuccess;
        }
        catch (RpcException exception)
        {
            return exception.Status;
        }
    }

    public Task CompleteAsync() => call.RequestStream.CompleteAsync().WaitAsync(TestLimits.Wait);

    public void Dispose() => call.Dispose();
}

/// <summary>Nodes as kuma-dp describes them.</summary>
internal static class TestNodes
{
    public static Node Ingress(string name, string? resource = null) => Create(name, "ingress", resource);

    public static Node Egress(string name, string? resource = null) => Create(name, "egress", resource);

    private static Node Create(string name, string kind, string? resource)
    {
        var metadata = new Struct { Fields = { ["dataplane.proxyType"] = Value.ForString(kind), ["features"] = Value.ForList(Value.ForString("feature-reuse-port")) } };
        if (resource is not null)
        {
            metadata.Fields["dataplane.resource"] = Value.ForString(resource);
        }

        return new Node { Id = $".{name}", Cluster = kind, Metadata = metadata };
    }
}
