using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Zoneway.Xds.Grpc;

namespace Zoneway.Xds.Ads;

/// <summary>Streams over gRPC, each on a connection of its own: a name is resolved anew and no half-dead connection is used again.</summary>
internal sealed class GrpcAdsTransport(Func<GrpcChannel> channelFactory) : IAdsTransport
{
    private const string AuthorizationKey = "authorization";

    /// <inheritdoc/>
    public IAdsStream<DiscoveryRequest, DiscoveryResponse> OpenStateOfTheWorld(string? token) => Open(AdsMethods.StateOfTheWorld, token);

    /// <inheritdoc/>
    public IAdsStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> OpenDelta(string? token) => Open(AdsMethods.Delta, token);

    private GrpcAdsStream<TRequest, TResponse> Open<TRequest, TResponse>(Method<TRequest, TResponse> method, string? token)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var headers = new Metadata();
        if (!string.IsNullOrWhiteSpace(token))
        {
            // Files that hold tokens often end in a line break.
            headers.Add(AuthorizationKey, token.Trim());
        }

        var channel = channelFactory();
        return new(channel, channel.DuplexStreaming(method, new CallOptions(headers)));
    }
}
